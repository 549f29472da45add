import type { Balance } from '@watertight/manifest/words'

/** What a balancer may know of the endpoints. They are named by their index in the list of all. */
export interface Loads {
  /** Requests under way at the endpoint. */
  active(index: number): number
}

/**
 * Chooses an endpoint for one request. A decision: time and randomness are arguments, nothing is waited for.
 *
 * `usable` lists those that may be chosen, at least one, in ascending order; the others are ejected, full, or have
 * failed this request already.
 */
export interface Balancer {
  pick(usable: readonly number[], loads: Loads, now: number, random: () => number, hash?: number): number
  /** A request has been answered, or has failed, `latencyMs` after it was sent: for those that learn from it. */
  settled?(index: number, now: number, latencyMs: number): void
  /** The endpoints are these from now on. What is known of those that stay, by name, is kept. */
  resize(names: readonly string[]): void
}

/** The ways to choose, as the manifest names them. */
export type BalanceName = Balance
