import type { Random } from '../clock/random.js'
import { checkOptions, integer } from '../options/check-options.js'
import type { LimitAlgorithm, LimitAlgorithmFactory, LimitSample } from './limit-algorithm.js'

export interface VegasOptions {
  /** After about this many rounds of calls the shortest latency is measured anew. Default 30. */
  readonly probeMultiplier?: number
}

/**
 * Estimates how many calls queue at the destination, from the shortest latency seen, and keeps that number small.
 *
 * @example adaptiveLimit({ algorithm: vegas() })
 * @throws {OptionError} when an option is unknown or out of its range
 */
export function vegas(options: VegasOptions = {}): LimitAlgorithmFactory {
  checkOptions('vegas limit', options, { probeMultiplier: integer(1) })
  const { probeMultiplier = 30 } = options
  return (random) => new Vegas(probeMultiplier, random)
}

/**
 * Source: TCP Vegas (Brakmo and Peterson 1994) as in Netflix concurrency-limits, with its bounds on the estimated
 * queue: alpha 3, beta 6 and threshold 1 times the logarithm of the limit. O(1).
 */
class Vegas implements LimitAlgorithm {
  readonly #probeMultiplier: number
  readonly #random: Random
  #shortestMs: number = Infinity
  #samples: number = 0
  #probeJitter: number

  constructor(probeMultiplier: number, random: Random) {
    this.#probeMultiplier = probeMultiplier
    this.#random = random
    this.#probeJitter = 0.5 + random() / 2
  }

  update(limit: number, sample: LimitSample): number {
    const step = Math.max(1, Math.floor(Math.log10(limit)))
    // A call that was turned away at once is short, and tells nothing about the latency.
    if (sample.dropped) return limit - step
    this.#samples += 1
    if (this.#samples >= this.#probeJitter * this.#probeMultiplier * limit) {
      this.#samples = 0
      this.#probeJitter = 0.5 + this.#random() / 2
      this.#shortestMs = sample.rttMs
      return limit
    }
    if (sample.rttMs < this.#shortestMs) {
      this.#shortestMs = sample.rttMs
      return limit
    }
    if (sample.inFlight * 2 < limit) return limit
    const queue = sample.rttMs > 0 ? Math.ceil(limit * (1 - this.#shortestMs / sample.rttMs)) : 0
    if (queue <= step) return limit + 6 * step
    if (queue < 3 * step) return limit + step
    if (queue > 6 * step) return limit - step
    return limit
  }
}
