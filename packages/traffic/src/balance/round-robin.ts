import type { Balancer } from './balancer.js'

/** Each endpoint in turn. O(1). Right for requests that cost the same everywhere. */
export class RoundRobin implements Balancer {
  #next: number = 0

  pick(usable: readonly number[]): number {
    const index = this.#next % usable.length
    // Kept small, so that a list of any length is gone through evenly forever.
    this.#next = (this.#next + 1) % Number.MAX_SAFE_INTEGER
    return usable[index]!
  }

  resize(): void {}
}
