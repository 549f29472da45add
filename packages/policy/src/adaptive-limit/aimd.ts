import { checkOptions } from '../options/check-options.js'
import { above, number } from '../options/rules.js'
import type { LimitAlgorithm, LimitAlgorithmFactory, LimitSample } from './limit-algorithm.js'

export interface AimdOptions {
  /** What a drop multiplies the limit by: above 0, below 1. Default 0.9. */
  readonly backoffRatio?: number
  /** A call that runs longer counts as dropped, in milliseconds. Default 5000. */
  readonly timeoutMs?: number
}

/**
 * Grows by one for each round of calls, shrinks by a share when a call is dropped. Needs no latency to be steady.
 *
 * @example adaptiveLimit({ algorithm: aimd({ timeoutMs: 1_000 }) })
 * @throws {OptionError} when an option is unknown or out of its range
 */
export function aimd(options: AimdOptions = {}): LimitAlgorithmFactory {
  checkOptions('aimd limit', options, RULES)
  const { backoffRatio = 0.9, timeoutMs = 5_000 } = options
  return () => new Aimd(backoffRatio, timeoutMs)
}

/**
 * Source: additive increase, multiplicative decrease (Chiu and Jain 1989), as in Netflix concurrency-limits, but
 * with two things as TCP has them: growth is one a round, not one a call, and the drops of one round shrink the
 * limit once. O(1).
 */
class Aimd implements LimitAlgorithm {
  readonly #backoffRatio: number
  readonly #timeoutMs: number
  #shrunkAt: number = -Infinity

  constructor(backoffRatio: number, timeoutMs: number) {
    this.#backoffRatio = backoffRatio
    this.#timeoutMs = timeoutMs
  }

  update(limit: number, sample: LimitSample): number {
    if (sample.dropped || sample.rttMs > this.#timeoutMs) {
      // A call that started before the limit last shrank tells nothing about the smaller limit.
      if (sample.now - sample.rttMs < this.#shrunkAt) return limit
      this.#shrunkAt = sample.now
      return limit * this.#backoffRatio
    }
    return sample.inFlight * 2 < limit ? limit : limit + 1 / limit
  }
}

const RULES = {
  backoffRatio: number('a number between 0 and 1', (value) => value > 0 && value < 1),
  timeoutMs: above(0),
}
