import { stripVTControlCharacters } from 'node:util'

/** Where a screen writes to: `process.stdout`, or anything like it. */
export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/**
 * A terminal with a block of lines at its end that is redrawn in place, while what is said scrolls by above it.
 * Where there is no terminal, nothing is redrawn: the block is not shown at all.
 */
export class Screen {
  readonly isLive: boolean
  readonly #output: Output
  #block: readonly string[] = []
  #drawn = 0

  constructor(output: Output, isLive: boolean) {
    this.#output = output
    this.isLive = isLive
  }

  /** Writes a line that stays. */
  say(line: string): void {
    this.#output.write(`${this.#erase()}${line}\n${this.#draw()}`)
  }

  /** Replaces the block. */
  show(block: readonly string[]): void {
    if (!this.isLive) return
    const erase = this.#erase()
    this.#block = block
    this.#output.write(erase + this.#draw())
  }

  #erase(): string {
    if (this.#drawn === 0) return ''
    const code = `\r\x1b[${this.#drawn}A\x1b[0J`
    this.#drawn = 0
    return code
  }

  #draw(): string {
    this.#drawn = this.#block.length
    // A line that wraps would take two rows, and erasing would then leave one of them behind.
    const width = this.#output.columns ?? 80
    return this.#block.map((line) => `${fit(line, width)}\n`).join('')
  }
}

/** Cuts a line to the width of the terminal; one that has to be cut loses its colors. */
function fit(line: string, width: number): string {
  const plain = stripVTControlCharacters(line)
  return plain.length < width ? line : plain.slice(0, Math.max(0, width - 1))
}
