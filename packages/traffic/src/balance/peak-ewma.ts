import type { Balancer, Loads } from './balancer.js'
import { betterOfTwo } from './better-of-two.js'

/** Latencies this old weigh a third of a new one. */
const DECAY_MS = 10_000
/**
 * Of two random endpoints, the one that costs less: its recent latency times the requests that would then be under
 * way. A latency above the average takes effect at once and fades slowly, one below it takes effect slowly. An endpoint
 * that nobody has called yet costs nothing, and so is taken whenever it is drawn.
 *
 * Source: Finagle's `PeakEwma` load metric. O(1) a request, 16 bytes an endpoint.
 */
export class PeakEwma implements Balancer {
  #names: readonly string[] = []
  #costs: Float64Array = new Float64Array(0)
  #stamps: Float64Array = new Float64Array(0)

  pick(usable: readonly number[], loads: Loads, now: number, random: () => number): number {
    if (usable.length === 1) return usable[0]!
    return betterOfTwo(usable, random, (index) => this.cost(index, now) * (loads.active(index) + 1))
  }

  /** The latency expected of an endpoint, in milliseconds. */
  cost(index: number, now: number): number {
    return this.#costs[index]! * Math.exp((this.#stamps[index]! - now) / DECAY_MS)
  }

  settled(index: number, now: number, latencyMs: number): void {
    const cost = this.#costs[index]
    if (cost === undefined) return
    const weight = Math.exp(Math.min(0, this.#stamps[index]! - now) / DECAY_MS)
    this.#costs[index] = latencyMs > cost ? latencyMs : cost * weight + latencyMs * (1 - weight)
    this.#stamps[index] = now
  }

  resize(names: readonly string[]): void {
    const costs = new Float64Array(names.length)
    const stamps = new Float64Array(names.length)
    for (const [index, name] of names.entries()) {
      const former = this.#names.indexOf(name)
      if (former < 0) continue
      costs[index] = this.#costs[former]!
      stamps[index] = this.#stamps[former]!
    }
    this.#names = names
    this.#costs = costs
    this.#stamps = stamps
  }
}
