import type { Random } from '../clock/random.js'
import { checkOptions } from '../options/check-options.js'
import { integer } from '../options/rules.js'
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
 * queue: alpha 3, beta 6 and threshold 1 times the logarithm of the limit. Two things differ. The limit moves once
 * a round, as in TCP: moving on every call overshoots, because calls under way still show the old limit. And
 * before the shortest latency is measured anew the estimated queue is drained, since a measure taken through a
 * queue would count that queue as distance, and more of it each time. O(1).
 */
class Vegas implements LimitAlgorithm {
  readonly #probeMultiplier: number
  readonly #random: Random
  #shortestMs: number = Infinity
  #samples: number = 0
  #probeJitter: number = 0.5
  #movedAt: number = -Infinity

  constructor(probeMultiplier: number, random: Random) {
    this.#probeMultiplier = probeMultiplier
    this.#random = random
    this.#scheduleProbe()
  }

  update(limit: number, sample: LimitSample): number {
    this.#samples += 1
    if (sample.now - sample.rttMs < this.#movedAt) return limit
    const next = this.#judge(limit, sample)
    if (next !== limit) this.#movedAt = sample.now
    return next
  }

  #judge(limit: number, sample: LimitSample): number {
    const step = Math.max(1, Math.floor(Math.log10(limit)))
    // A call that was turned away at once is short, and tells nothing about the latency.
    if (sample.dropped) return limit - step
    this.#shortestMs = Math.min(this.#shortestMs, sample.rttMs)
    const distance = sample.rttMs > 0 ? this.#shortestMs / sample.rttMs : 1
    const used = sample.inFlight * 2 >= limit
    if (this.#samples >= this.#probeJitter * this.#probeMultiplier * limit) {
      this.#scheduleProbe()
      this.#shortestMs = Infinity
      return used ? limit * distance : limit
    }
    if (!used) return limit
    const queue = Math.ceil(limit * (1 - distance))
    if (queue <= step) return limit + 6 * step
    if (queue < 3 * step) return limit + step
    if (queue > 6 * step) return limit - step
    return limit
  }

  /** At a random moment, so that the callers of one destination do not probe together. */
  #scheduleProbe(): void {
    this.#samples = 0
    this.#probeJitter = 0.5 + this.#random() / 2
  }
}
