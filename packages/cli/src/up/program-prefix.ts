import type { TextSink } from '../program/terminal.js'

const COLOURS = ['cyan', 'green', 'magenta', 'yellow', 'blue', 'white'] as const
const WIDTH_MAX = 24

/** Puts the name of a program before its lines, each in a colour of its own. */
export class ProgramPrefix {
  readonly #sink: TextSink
  readonly #names: string[] = []
  #width = 0

  constructor(sink: TextSink) {
    this.#sink = sink
  }

  /** Names of which the column must have room. */
  expect(names: readonly string[]): void {
    for (const name of names) this.#indexOf(name)
  }

  /** The lines of a text, each with the name before it. */
  before(name: string, text: string): string {
    const colour = COLOURS[this.#indexOf(name) % COLOURS.length] ?? 'white'
    const prefix = this.#sink.colours[colour](`${name.padEnd(this.#width)} |`)
    return text
      .split('\n')
      .map((line) => `${prefix} ${line}\n`)
      .join('')
  }

  #indexOf(name: string): number {
    const found = this.#names.indexOf(name)
    if (found >= 0) return found
    this.#width = Math.min(WIDTH_MAX, Math.max(this.#width, name.length))
    return this.#names.push(name) - 1
  }
}
