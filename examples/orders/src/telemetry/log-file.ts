import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs'
import { diskTrouble } from '../data-folder/disk-trouble.js'

const BYTES_MAX = 8 * 1024 * 1024
/** What goes on failing is told once in so long. */
const TELL_EVERY_MS = 60_000

export interface LogFileOptions {
  /** Where a line for people goes. Default standard error. */
  readonly show?: (line: string) => void
  /** Default 8 MiB. */
  readonly bytesMax?: number
  /** Monotonic milliseconds. */
  readonly now?: () => number
}

/**
 * A log that cannot fill the disk: when the file is full it takes the place of the former one (`log.jsonl.1`), and a
 * new one is begun. Errors are shown on standard error too, in a line for people; a fatal one is not, for the process
 * says itself why it ends. A service never fails for want of its log: lines that cannot be written are dropped, and
 * told of once a minute.
 */
export class LogFile {
  readonly #path: string
  readonly #show: (line: string) => void
  readonly #bytesMax: number
  readonly #now: () => number
  #descriptor: number | undefined
  #bytes = 0
  #dropped = 0
  #toldAtMs = -Infinity

  constructor(path: string, options: LogFileOptions = {}) {
    this.#path = path
    this.#show = options.show ?? ((line) => void process.stderr.write(line))
    this.#bytesMax = options.bytesMax ?? BYTES_MAX
    this.#now = options.now ?? (() => performance.now())
  }

  /** A line of JSON, as the logger makes it. Written at once: the last words before a crash matter most. */
  write(line: string): void {
    if (line.startsWith('{"level":"error"')) this.#show(`${plain(line)}\n`)
    try {
      if (this.#descriptor !== undefined && this.#bytes >= this.#bytesMax) this.#rotate()
      this.#descriptor ??= this.#open()
      this.#bytes += writeSync(this.#descriptor, line)
    } catch (error) {
      this.#drop(error)
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  #open(): number {
    const descriptor = openSync(this.#path, 'a')
    this.#bytes = fstatSync(descriptor).size
    return descriptor
  }

  #rotate(): void {
    this.close()
    renameSync(this.#path, `${this.#path}.1`)
  }

  #drop(error: unknown): void {
    this.#dropped += 1
    if (this.#now() - this.#toldAtMs < TELL_EVERY_MS) return
    this.#toldAtMs = this.#now()
    const trouble = diskTrouble(error) ?? (error as Error).message
    const lines = this.#dropped === 1 ? '1 line is lost' : `${this.#dropped} lines are lost so far`
    this.#show(`warn: cannot write ${this.#path}: ${trouble}; ${lines}\n`)
  }
}

function plain(line: string): string {
  const { level, msg, err } = JSON.parse(line) as { level: string; msg?: string; err?: { message?: string } }
  return [`${level}: ${msg ?? ''}`, err?.message ?? ''].filter((part) => part !== '').join(': ')
}
