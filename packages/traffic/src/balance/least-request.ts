import type { Balancer, Loads } from './balancer.js'
import { betterOfTwo } from './better-of-two.js'

/** Of two random endpoints, the one with fewer requests under way; what is slow gets less by itself. */
export class LeastRequest implements Balancer {
  pick(usable: readonly number[], loads: Loads, _now: number, random: () => number): number {
    if (usable.length === 1) return usable[0]!
    return betterOfTwo(usable, random, (index) => loads.active(index))
  }

  resize(): void {}
}
