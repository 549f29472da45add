import type { SeriesPage, SignalColumns, Snapshot } from '../../model/snapshot.js'

/** Lines over time of one service or edge, as columns of equal length, oldest first. */
export interface Lines {
  readonly at: readonly number[]
  readonly columns: SignalColumns
}

interface Kept {
  ratePerSecond: (number | null)[]
  errorShare: (number | null)[]
  p50Ms: (number | null)[]
  p99Ms: (number | null)[]
}

const NAMES = ['ratePerSecond', 'errorShare', 'p50Ms', 'p99Ms'] as const

/**
 * What is drawn as lines: the console's own columns, and what the stream has told since. At most `pointsMax` points are
 * kept, one a step.
 */
export class Series {
  readonly #pointsMax: number
  #at: number[] = []
  #kept = new Map<string, Kept>()

  constructor(pointsMax: number) {
    this.#pointsMax = pointsMax
  }

  /** The latest time that is kept; 0 before anything is. */
  get lastAt(): number {
    return this.#at.at(-1) ?? 0
  }

  /** Replaces everything by what the console has kept, and goes on from there. */
  fill({ at, services, edges }: SeriesPage): void {
    this.#at = [...at]
    const columns = Object.entries({ ...services, ...edges })
    this.#kept = new Map(
      columns.map(([key, { ratePerSecond, errorShare, p50Ms, p99Ms }]) => [
        key,
        {
          ratePerSecond: [...ratePerSecond],
          errorShare: [...errorShare],
          p50Ms: [...p50Ms],
          p99Ms: [...p99Ms],
        },
      ]),
    )
    this.#trim()
  }

  /** Takes one snapshot; one that is not `stepMs` later than the last is left out. Says whether it was taken. */
  append({ at, services, edges, history }: Snapshot): boolean {
    if (at < this.lastAt + history.stepMs) return false
    const length = this.#at.push(at)
    const told = [
      ...services.map(({ name, signals }) => [name, signals] as const),
      ...edges.map(({ id, signals }) => [id, signals] as const),
    ]
    for (const [key, signals] of told) {
      const kept = this.#keptOf(key, length - 1)
      for (const name of NAMES) kept[name].push(signals.known ? signals.value[name] : null)
    }
    // What is not told of any more has a gap from here on.
    for (const kept of this.#kept.values())
      for (const name of NAMES) if (kept[name].length < length) kept[name].push(null)
    this.#trim()
    return true
  }

  /** The lines of a service, by its name, or of an edge, by its id. */
  of(key: string): Lines {
    const none = this.#at.map(() => null)
    const columns = this.#kept.get(key) ?? { ratePerSecond: none, errorShare: none, p50Ms: none, p99Ms: none }
    return { at: this.#at, columns }
  }

  #keptOf(key: string, length: number): Kept {
    let kept = this.#kept.get(key)
    if (kept === undefined) {
      const gap = (): null[] => Array.from({ length }, () => null)
      kept = { ratePerSecond: gap(), errorShare: gap(), p50Ms: gap(), p99Ms: gap() }
      this.#kept.set(key, kept)
    }
    return kept
  }

  #trim(): void {
    const surplus = this.#at.length - this.#pointsMax
    if (surplus <= 0) return
    this.#at.splice(0, surplus)
    for (const kept of this.#kept.values()) for (const name of NAMES) kept[name].splice(0, surplus)
  }
}
