import { checkOptions, refusedOption } from '../options/check-options.js'
import { integer, milliseconds, number, type Rules } from '../options/rules.js'
import { OptionError } from '../options/option-error.js'
import { LatencyHistogram } from './latency-histogram.js'
import { hedgeDefaults } from './hedge-defaults.js'

/** Exactly one of `delayMs` and `quantile` is given. */
export interface HedgeDelayOptions {
  /** How many further runs a call may start, from 1 to 10. Default 1. */
  readonly extra?: number
  /** A fixed delay before each further run, in milliseconds; 0 starts all at once. */
  readonly delayMs?: number
  /** Waits until this share of recent calls would have been answered, such as 0.95: above 0, below 1. */
  readonly quantile?: number
  /** With `quantile`: the shortest delay, in milliseconds. Default 1. */
  readonly minMs?: number
  /** With `quantile`: the longest delay, in milliseconds. Default 10000, or `minMs` if that is more. */
  readonly maxMs?: number
  /** With `quantile`: calls that must be observed before any is hedged, from 1 to 400. Default 20. */
  readonly minimumSamples?: number
}

/** No further run: all are started, or too little is known yet. */
export const HEDGE_STOP = -1

/** Calls between two looks at the histogram. */
const REFRESH_EVERY = 16

/**
 * Decides when a slow call gets a second run beside it.
 *
 * Source: hedged requests of "The Tail at Scale" (Dean and Barroso, CACM 2013), which wait for the 95th
 * percentile so that only one call in twenty costs a second one. Latencies are kept in a `LatencyHistogram`,
 * allocated with the first one. O(1) amortised.
 *
 * @example
 * const hedge = new HedgeDelay({ quantile: 0.95 })
 * hedge.record(12)
 * const delayMs = hedge.next(0) // HEDGE_STOP until 20 calls are recorded
 */
export class HedgeDelay {
  #extra: number = hedgeDefaults.extra
  #fixedMs: number = HEDGE_STOP
  #quantile: number = 0
  #minMs: number = 0
  #maxMs: number = 0
  #minimumSamples: number = 0
  #observedMs: number = HEDGE_STOP
  #sinceRefresh: number = 0
  #histogram: LatencyHistogram | undefined = undefined

  /**
   * @param more the rules of further options, which are its driver's
   * @throws {OptionError} when an option is unknown, out of its range or at odds with another
   */
  constructor(options: HedgeDelayOptions, more?: Rules) {
    this.reconfigure(options, more)
  }

  get extra(): number {
    return this.#extra
  }

  /**
   * Milliseconds from the start of the run before until the next one starts, or `HEDGE_STOP`.
   * `started` counts the further runs so far, 0 after the first run.
   */
  next(started: number): number {
    if (started >= this.#extra) return HEDGE_STOP
    return this.#fixedMs === HEDGE_STOP ? this.#observedMs : this.#fixedMs
  }

  /**
   * Tells how long a run took that was not given up. Report the first run also when a hedge overtook it, with the
   * time it had run by then, or the slow ones would never be counted.
   */
  record(durationMs: number): void {
    if (this.#fixedMs !== HEDGE_STOP) return
    this.#histogram ??= new LatencyHistogram()
    this.#histogram.record(durationMs)
    this.#sinceRefresh += 1
    if (this.#observedMs === HEDGE_STOP || this.#sinceRefresh >= REFRESH_EVERY) this.#refresh()
  }

  /** Keeps what was observed. */
  reconfigure(options: HedgeDelayOptions, more?: Rules): void {
    checkHedge(options, more)
    const {
      extra = hedgeDefaults.extra,
      delayMs = HEDGE_STOP,
      quantile = 0,
      minMs = 1,
      minimumSamples = 20,
    } = options
    this.#extra = extra
    this.#fixedMs = delayMs
    this.#quantile = quantile
    this.#minMs = minMs
    this.#maxMs = options.maxMs ?? Math.max(10_000, minMs)
    this.#minimumSamples = minimumSamples
    this.#refresh()
  }

  #refresh(): void {
    this.#sinceRefresh = 0
    const histogram = this.#histogram
    const known = histogram !== undefined && histogram.total >= this.#minimumSamples
    this.#observedMs = known
      ? Math.max(this.#minMs, Math.min(this.#maxMs, histogram.quantile(this.#quantile)))
      : HEDGE_STOP
  }
}

const HEDGE_RULES = {
  extra: integer(1, 10),
  delayMs: milliseconds(),
  quantile: number('a number between 0 and 1', (value) => value > 0 && value < 1),
  minMs: milliseconds(),
  maxMs: milliseconds(),
  // Halving leaves at least 432 of 1024 in 80 buckets: a larger minimum would pause hedging again and again.
  minimumSamples: integer(1, 400),
}

function checkHedge(options: HedgeDelayOptions, more?: Rules): void {
  checkOptions('hedge', options, { ...HEDGE_RULES, ...more })
  const { delayMs, quantile, minMs = 1, maxMs = Math.max(10_000, minMs) } = options
  if ((delayMs === undefined) === (quantile === undefined)) {
    const given = delayMs === undefined ? 'neither' : 'both'
    throw new OptionError(
      `cannot create hedge: one of delayMs and quantile must be given, got ${given}`,
      'delayMs',
    )
  }
  for (const option of ['minMs', 'maxMs', 'minimumSamples'] as const) {
    if (delayMs === undefined || options[option] === undefined) continue
    throw refusedOption('hedge', option, 'absent with delayMs', options[option])
  }
  if (maxMs < minMs) throw refusedOption('hedge', 'maxMs', `>= minMs (${minMs})`, maxMs)
}
