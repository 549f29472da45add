import { addedBuckets, type LatencyBuckets } from './latency-buckets.js'
import type { CallTotals, ServerTotals, Totals } from './totals.js'

interface Reading {
  readonly atMs: number
  readonly totals: Totals
}

/** What was counted over the window: a difference of two readings of the same process. */
export interface Counted {
  readonly seconds: number
  readonly ended: number
  readonly failed: number
  readonly durations: LatencyBuckets
}

export interface CountedCalls extends Counted {
  readonly retries: number
  readonly refusals: number
  readonly fallbacks: number
  readonly timeouts: number
  readonly hedges: number
}

/** The last readings of one page: enough for rates over the window, and no more. */
export class TotalsWindow {
  readonly #windowMs: number
  readonly #readings: Reading[] = []

  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  add(atMs: number, totals: Totals): void {
    this.#readings.push({ atMs, totals })
    // The newest of those that are older than the window is what the others are compared with.
    while (this.#readings.length > 2 && (this.#readings[1] as Reading).atMs <= atMs - this.#windowMs)
      this.#readings.shift()
  }

  get last(): Totals | undefined {
    return this.#readings.at(-1)?.totals
  }

  get beforeLast(): Totals | undefined {
    return this.#readings.at(-2)?.totals
  }

  /** Null as long as there is nothing to compare with. */
  server(service: string): Counted | null {
    return this.#compared(({ servers }) => servers.get(service), serverDifference)
  }

  calls(edge: string): CountedCalls | null {
    return this.#compared(({ calls }) => calls.get(edge), callDifference)
  }

  #compared<Part, Result>(
    part: (totals: Totals) => Part | undefined,
    difference: (seconds: number, before: Part | undefined, now: Part) => Result,
  ): Result | null {
    const first = this.#readings[0]
    const last = this.#readings.at(-1)
    if (first === undefined || last === undefined || first === last) return null
    const now = part(last.totals)
    if (now === undefined) return null
    return difference((last.atMs - first.atMs) / 1_000, part(first.totals), now)
  }
}

/** A process that has started again counts from 0. */
function grown(before: number | undefined, now: number): number {
  return before === undefined || now < before ? now : now - before
}

function serverDifference(seconds: number, before: ServerTotals | undefined, now: ServerTotals): Counted {
  return {
    seconds,
    ended: grown(before?.answered, now.answered),
    failed: grown(before?.failed, now.failed),
    durations: bucketDifference(before?.durations, now.durations),
  }
}

function callDifference(seconds: number, before: CallTotals | undefined, now: CallTotals): CountedCalls {
  const of = (key: 'ended' | 'failed' | 'retries' | 'refusals' | 'fallbacks' | 'timeouts' | 'hedges') =>
    grown(before?.[key], now[key])
  return {
    seconds,
    ended: of('ended'),
    failed: of('failed'),
    durations: bucketDifference(before?.durations, now.durations),
    retries: of('retries'),
    refusals: of('refusals'),
    fallbacks: of('fallbacks'),
    timeouts: of('timeouts'),
    hedges: of('hedges'),
  }
}

function bucketDifference(before: LatencyBuckets | undefined, now: LatencyBuckets): LatencyBuckets {
  const difference = new Map([...now].map(([bound, count]) => [bound, count - (before?.get(bound) ?? 0)]))
  return [...difference.values()].some((count) => count < 0) ? now : difference
}

/** Several processes together. */
export function addedCounts<C extends Counted>(all: readonly C[]): C | null {
  const [first] = all
  if (first === undefined) return null
  const sums = Object.keys(first)
    .filter((key) => key !== 'seconds' && key !== 'durations')
    .map((key) => [key, all.reduce((total, one) => total + Number(one[key as keyof C]), 0)])
  const durations = addedBuckets(all.map((one) => one.durations))
  return { ...first, ...(Object.fromEntries(sums) as Partial<C>), durations }
}
