import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs'
import { diskTrouble } from '../data-folder/disk-trouble.js'
import { Repeats } from './repeats.js'

const BYTES_MAX = 8 * 1024 * 1024
/** The same line for people comes once in so long. */
const SHOW_EVERY_MS = 60_000

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
 * says itself why it ends. A service never fails for want of its log: lines that cannot be written are lost. What
 * is shown again and again is shown once a minute, with how often it was.
 */
export class LogFile {
  readonly #path: string
  readonly #shown: Repeats
  readonly #bytesMax: number
  #descriptor: number | undefined
  #bytes = 0

  constructor(path: string, options: LogFileOptions = {}) {
    this.#path = path
    const show = options.show ?? ((line) => void process.stderr.write(line))
    this.#shown = new Repeats(show, SHOW_EVERY_MS, options.now ?? (() => performance.now()))
    this.#bytesMax = options.bytesMax ?? BYTES_MAX
  }

  /** A line of JSON, as the logger makes it. Written at once: the last words before a crash matter most. */
  write(line: string): void {
    if (line.startsWith('{"level":"error"')) this.#shown.say(plain(line))
    try {
      if (this.#descriptor !== undefined && this.#bytes >= this.#bytesMax) this.#rotate()
      this.#descriptor ??= this.#open()
      this.#bytes += writeSync(this.#descriptor, line)
    } catch (error) {
      this.#shown.say(`warn: cannot write ${this.#path}: ${diskTrouble(error) ?? (error as Error).message}`)
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
}

function plain(line: string): string {
  const { level, msg, err } = JSON.parse(line) as { level: string; msg?: string; err?: { message?: string } }
  return [`${level}: ${msg ?? ''}`, err?.message ?? ''].filter((part) => part !== '').join(': ')
}
