import type { Series } from './metric-family.js'

/** One number under one set of labels: kept here, or read from elsewhere whenever it is asked for. */
export class NumberSeries implements Series {
  readonly labels: string
  // A typed array holds the number itself; a field would hold a new heap number for every change.
  readonly #kept: Float64Array = new Float64Array(1)
  #read: (() => number) | undefined

  constructor(labels: string) {
    this.labels = labels
  }

  /** NaN when what it is read from throws. */
  get value(): number {
    if (this.#read === undefined) return this.#kept[0]!
    try {
      return this.#read()
    } catch {
      return Number.NaN
    }
  }

  protected keep(value: number): void {
    this.#read = undefined
    this.#kept[0] = value
  }

  protected increase(amount: number): void {
    this.#kept[0]! += amount
  }

  observe(read: () => number): void {
    this.#read = read
  }
}

/** Whatever the types say: what is read comes from elsewhere, and one bad line fails a whole scrape. */
export function isSample(value: unknown): value is number {
  return typeof value === 'number' && !Number.isNaN(value)
}
