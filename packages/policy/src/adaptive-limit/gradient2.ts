import { checkOptions } from '../options/check-options.js'
import { above, atLeast, integer, number } from '../options/rules.js'
import type { LimitAlgorithm, LimitAlgorithmFactory, LimitSample } from './limit-algorithm.js'

export interface Gradient2Options {
  /** How much longer than usual calls may take before the limit shrinks; at least 1. Default 1.5. */
  readonly tolerance?: number
  /** Calls that may queue at the destination: what a quiet limit grows by. Default 4. */
  readonly queueSize?: number
  /** The weight of a new limit against the present one: above 0, at most 1. Default 0.2. */
  readonly smoothing?: number
  /** Calls are judged together for this many milliseconds, and at least ten of them. Default 1000. */
  readonly windowMs?: number
  /** Windows in the average of what is usual. Default 600. */
  readonly longWindow?: number
}

/**
 * Compares the present latency with the usual one, and shrinks in proportion when it rises.
 *
 * @example adaptiveLimit({ algorithm: gradient2({ tolerance: 2 }) })
 * @throws {OptionError} when an option is unknown or out of its range
 */
export function gradient2(options: Gradient2Options = {}): LimitAlgorithmFactory {
  checkOptions('gradient2 limit', options, RULES)
  return () => new Gradient2(options)
}

const SAMPLES_MIN = 10
const WARMUP = 10

/**
 * Source: Gradient2 of Netflix concurrency-limits: no growth below half use, a gradient within [0.5, 1], and a
 * usual latency that decays when it is more than twice the present one, as after an outage. Beyond it, a window
 * with a dropped call has the lowest gradient, because calls that are turned away at once look fast. O(1).
 */
class Gradient2 implements LimitAlgorithm {
  readonly #tolerance: number
  readonly #queueSize: number
  readonly #smoothing: number
  readonly #windowMs: number
  readonly #longWindow: number
  #longMs: number = 0
  #windows: number = 0
  #endsAt: number = -Infinity
  #count: number = 0
  #sumMs: number = 0
  #inFlight: number = 0
  #dropped: boolean = false

  constructor(options: Gradient2Options) {
    this.#tolerance = options.tolerance ?? 1.5
    this.#queueSize = options.queueSize ?? 4
    this.#smoothing = options.smoothing ?? 0.2
    this.#windowMs = options.windowMs ?? 1_000
    this.#longWindow = options.longWindow ?? 600
  }

  update(limit: number, sample: LimitSample): number {
    if (this.#count === 0) this.#endsAt = sample.now + this.#windowMs
    this.#count += 1
    this.#sumMs += sample.rttMs
    if (sample.inFlight > this.#inFlight) this.#inFlight = sample.inFlight
    if (sample.dropped) this.#dropped = true
    if (sample.now < this.#endsAt || this.#count < SAMPLES_MIN) return limit
    const next = this.#judge(limit, this.#sumMs / this.#count)
    this.#count = 0
    this.#sumMs = 0
    this.#inFlight = 0
    this.#dropped = false
    return next
  }

  #judge(limit: number, shortMs: number): number {
    if (!this.#dropped) this.#learn(shortMs)
    if (this.#inFlight < limit / 2) return limit
    const ratio = shortMs > 0 ? (this.#tolerance * this.#longMs) / shortMs : 1
    const gradient = this.#dropped ? 0.5 : Math.max(0.5, Math.min(1, ratio))
    const target = limit * gradient + this.#queueSize
    return limit * (1 - this.#smoothing) + target * this.#smoothing
  }

  /** An exponential average that begins as a plain one. */
  #learn(shortMs: number): void {
    this.#windows += 1
    const weight = this.#windows <= WARMUP ? 1 / this.#windows : 2 / (this.#longWindow + 1)
    this.#longMs += (shortMs - this.#longMs) * weight
    if (this.#longMs > 2 * shortMs) this.#longMs *= 0.95
  }
}

const RULES = {
  tolerance: atLeast(1),
  queueSize: integer(0),
  smoothing: number('a number > 0 and <= 1', (value) => value > 0 && value <= 1),
  windowMs: above(0),
  longWindow: integer(1),
}
