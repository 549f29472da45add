import { ejectionDefaults } from '@watertight/manifest/words'

export interface EjectionOptions {
  /** Failures in a row that eject an endpoint: a status >= 500, or no answer. An integer >= 1. Default 5. */
  readonly consecutiveFailures?: number | undefined
  /** How often endpoints come back and forget, in milliseconds > 0. Default 10000. */
  readonly intervalMs?: number | undefined
  /** How long the first ejection lasts at least, in milliseconds > 0; the n-th lasts n times that. Default 30000. */
  readonly baseEjectionMs?: number | undefined
  /** The longest ejection, in milliseconds. Default 300000, or `baseEjectionMs` if that is more. */
  readonly maxEjectionMs?: number | undefined
  /** The share of endpoints that may be ejected at once, from 0 to 1; rounded down, and never the last one. Default 0.5. */
  readonly maxEjected?: number | undefined
  /**
   * Below this share of endpoints that are neither ejected nor unhealthy, both are ignored, from 0 to 1. Default 0:
   * never. For the `EndpointSet`, which alone knows both.
   */
  readonly panic?: number | undefined
}

/** What decides about an ejection. */
export type OutlierEjectionOptions = Omit<EjectionOptions, 'panic'>

/** What is known of one endpoint. */
interface Endpoint {
  readonly name: string
  failures: number
  ejected: boolean
  ejectedAt: number
  /** By which the next ejection's length is multiplied, less one. Goes down with each interval without one. */
  times: number
}

/**
 * Leaves endpoints alone that fail while others answer.
 *
 * Source: Envoy's outlier detection for consecutive failures. An endpoint is ejected at once; it comes back at the
 * first interval after `baseEjectionMs` times its ejections have passed, and each interval in which it was not
 * ejected takes one off that number. O(1) a request, O(endpoints) an interval.
 */
export class OutlierEjection {
  #endpoints: Endpoint[] = []
  #ejected: number = 0
  #sweptAt: number = NEVER
  #failuresMax: number = ejectionDefaults.consecutiveFailures
  #intervalMs: number = ejectionDefaults.intervalMs
  #baseMs: number = ejectionDefaults.baseEjectionMs
  #maxMs: number = 300_000
  #maxEjected: number = ejectionDefaults.maxEjected
  /** Told of every endpoint that is ejected or comes back. */
  onChange: ((index: number, ejected: boolean) => void) | undefined = undefined

  constructor(options: OutlierEjectionOptions = {}) {
    this.reconfigure(options)
  }

  get ejected(): number {
    return this.#ejected
  }

  isEjected(index: number): boolean {
    return this.#endpoints[index]?.ejected === true
  }

  /** Changes the thresholds; counts and ejections stay. */
  reconfigure(options: OutlierEjectionOptions): void {
    this.#failuresMax = options.consecutiveFailures ?? ejectionDefaults.consecutiveFailures
    this.#intervalMs = options.intervalMs ?? ejectionDefaults.intervalMs
    this.#baseMs = options.baseEjectionMs ?? ejectionDefaults.baseEjectionMs
    this.#maxMs = Math.max(options.maxEjectionMs ?? 300_000, this.#baseMs)
    this.#maxEjected = options.maxEjected ?? ejectionDefaults.maxEjected
  }

  /** The endpoints are these from now on; those that stay, by name, keep what is known of them. */
  resize(names: readonly string[]): void {
    const former = new Map(this.#endpoints.map((endpoint) => [endpoint.name, endpoint]))
    this.#endpoints = names.map(
      (name) => former.get(name) ?? { name, failures: 0, ejected: false, ejectedAt: 0, times: 0 },
    )
    this.#ejected = this.#endpoints.filter((endpoint) => endpoint.ejected).length
  }

  /**
   * A request to the endpoint has ended. Answers whether it is ejected for that.
   *
   * One that was sent to an ejected endpoint, since all others had failed, and was answered ends the ejection: the
   * endpoint that it was ejected for the sake of is worse by now. Envoy has such endpoints wait for a health check.
   */
  settle(index: number, now: number, failed: boolean, sentAt: number = -Infinity): boolean {
    const endpoint = this.#endpoints[index]
    if (endpoint === undefined) return false
    if (!failed) {
      endpoint.failures = 0
      if (endpoint.ejected && sentAt >= endpoint.ejectedAt) this.#return(endpoint, index)
      return false
    }
    endpoint.failures += 1
    if (endpoint.failures < this.#failuresMax || endpoint.ejected) return false
    this.sweep(now)
    if (this.#ejected >= this.#ejectedMax) return false
    endpoint.ejected = true
    endpoint.ejectedAt = now
    endpoint.failures = 0
    // Past the longest ejection there is nothing to count, and counting on would take as long to forget.
    if (endpoint.times * this.#baseMs < this.#maxMs + this.#baseMs) endpoint.times += 1
    this.#ejected += 1
    this.onChange?.(index, true)
    return true
  }

  /** A share of a half may not take two of three, and no share the last: then nobody would answer at all. */
  get #ejectedMax(): number {
    const all = this.#endpoints.length
    return Math.min(Math.floor(all * this.#maxEjected + ROUNDING), all - 1)
  }

  /** Lets the intervals pass that have passed. To be called before a choice; cheap within an interval. */
  sweep(now: number): void {
    if (this.#sweptAt === NEVER) this.#sweptAt = now
    let due = Math.floor((now - this.#sweptAt) / this.#intervalMs)
    if (due <= 0) return
    // After a long silence, only so many intervals can still change anything.
    const enough = Math.ceil((this.#maxMs * 2) / this.#intervalMs) + Math.ceil(this.#maxMs / this.#baseMs) + 2
    if (due > enough) {
      this.#sweptAt += (due - enough) * this.#intervalMs
      due = enough
    }
    for (; due > 0; due--) {
      this.#sweptAt += this.#intervalMs
      this.#interval(this.#sweptAt)
    }
  }

  #interval(now: number): void {
    for (const [index, endpoint] of this.#endpoints.entries()) {
      if (!endpoint.ejected) {
        if (endpoint.times > 0) endpoint.times -= 1
        continue
      }
      if (now - endpoint.ejectedAt < Math.min(this.#baseMs * endpoint.times, this.#maxMs)) continue
      this.#return(endpoint, index)
    }
  }

  #return(endpoint: Endpoint, index: number): void {
    endpoint.ejected = false
    endpoint.failures = 0
    this.#ejected -= 1
    this.onChange?.(index, false)
  }
}

const NEVER = -1
/** A share such as 0.7 of ten is seven, however it is stored. */
const ROUNDING = 1e-9
