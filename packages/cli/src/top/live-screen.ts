const ENTER = '\u001b[?1049h\u001b[?25l'
const LEAVE = '\u001b[?25h\u001b[?1049l'
const HOME = '\u001b[H'
const END_OF_LINE = '\u001b[K'
const END_OF_SCREEN = '\u001b[J'

/** The whole terminal, for as long as something is shown there; what stood there before comes back. */
export class LiveScreen {
  readonly #keys = new Set<(key: string) => void>()
  readonly #hear = (bytes: Buffer): void => {
    for (const key of bytes.toString('utf8')) for (const listener of this.#keys) listener(key)
  }

  constructor() {
    process.stdout.write(ENTER)
    if (process.stdin.isTTY) process.stdin.setRawMode(true).resume().on('data', this.#hear)
  }

  get columns(): number {
    return process.stdout.columns
  }

  get lines(): number {
    return process.stdout.rows
  }

  /** Hears each key; Ctrl-C is one too. */
  onKey(listener: (key: string) => void): void {
    this.#keys.add(listener)
  }

  /** Drawn over what was there, so that nothing flickers. */
  draw(lines: readonly string[]): void {
    process.stdout.write(HOME + lines.map((line) => `${line}${END_OF_LINE}`).join('\r\n') + END_OF_SCREEN)
  }

  close(): void {
    process.stdout.write(LEAVE)
    if (process.stdin.isTTY) process.stdin.setRawMode(false).pause().off('data', this.#hear)
  }
}
