import { plainLine } from './plain-line.js'

const LINE_MAX = 16 * 1024

/**
 * Cuts what a process writes into lines. One that is longer than 16 KiB is cut short, and says so. Of a line that is written
 * again and again, as progress is, the last is taken.
 */
export class LineSplitter {
  readonly #take: (line: string) => void
  readonly #decoder = new TextDecoder()
  #rest = ''
  /** Characters of the line under way that were left out. */
  #left = 0

  constructor(take: (line: string) => void) {
    this.#take = take
  }

  push(bytes: Uint8Array): void {
    const parts = this.#decoder.decode(bytes, { stream: true }).split('\n')
    const last = parts.pop() ?? ''
    for (const part of parts) {
      this.#append(part)
      this.end()
    }
    this.#append(last)
  }

  /** Hands on what has no end of line. */
  end(): void {
    const line = plainLine(this.#rest)
    if (this.#left > 0) this.#take(`${line} ... (${this.#left} characters left out)`)
    else if (line !== '' || this.#rest !== '') this.#take(line)
    this.#rest = ''
    this.#left = 0
  }

  #append(text: string): void {
    if (text === '') return
    // One at the very end may belong to the end of a line of Windows.
    const start = text.slice(0, -1).lastIndexOf('\r') + 1
    if (start > 0 || this.#rest.endsWith('\r')) {
      this.#rest = ''
      this.#left = 0
    }
    const added = text.slice(start)
    const room = LINE_MAX - this.#rest.length
    this.#rest += added.slice(0, room)
    this.#left += Math.max(0, added.length - room)
  }
}
