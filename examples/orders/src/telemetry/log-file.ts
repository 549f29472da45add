import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs'

const BYTES_MAX = 8 * 1024 * 1024

/**
 * A log that cannot fill the disk: when the file is full it takes the place of the former one (`log.jsonl.1`), and a
 * new one is begun. What is serious is shown on standard error too, in a line for people.
 */
export class LogFile {
  readonly #path: string
  readonly #bytesMax: number
  readonly #show: (line: string) => void
  #descriptor: number
  #bytes: number

  constructor(
    path: string,
    show: (line: string) => void = (line) => void process.stderr.write(line),
    bytesMax: number = BYTES_MAX,
  ) {
    this.#path = path
    this.#show = show
    this.#bytesMax = bytesMax
    this.#descriptor = openSync(path, 'a')
    this.#bytes = fstatSync(this.#descriptor).size
  }

  /** A line of JSON, as the logger makes it. Written at once: the last words before a crash matter most. */
  write(line: string): void {
    if (/^\{"level":"(error|fatal)"/.test(line)) this.#show(`${plain(line)}\n`)
    if (this.#bytes >= this.#bytesMax) this.#rotate()
    this.#bytes += writeSync(this.#descriptor, line)
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #rotate(): void {
    closeSync(this.#descriptor)
    renameSync(this.#path, `${this.#path}.1`)
    this.#descriptor = openSync(this.#path, 'a')
    this.#bytes = 0
  }
}

function plain(line: string): string {
  const { level, msg, err } = JSON.parse(line) as { level: string; msg?: string; err?: { message?: string } }
  return [`${level}: ${msg ?? ''}`, err?.message ?? ''].filter((part) => part !== '').join(': ')
}
