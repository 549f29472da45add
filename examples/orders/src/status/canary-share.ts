import type { SystemModel } from '@watertight/manifest'
import type { SystemStatus } from './system-status.js'

/** How many of the requests the canary of order got since its share was last changed. */
export interface CanaryView {
  /** 0..1, by the document. */
  readonly wanted: number
  readonly requests: number
  readonly canary: number
}

/** Compares the share that the document gives to the canary with the one that it gets. */
export class CanaryShare {
  #wanted: number | undefined
  #before = { requests: 0, canary: 0 }

  look(status: SystemStatus, wanted: number): CanaryView {
    const counted = countOf(status)
    if (wanted !== this.#wanted) {
      this.#wanted = wanted
      this.#before = counted
    }
    return {
      wanted,
      requests: counted.requests - this.#before.requests,
      canary: counted.canary - this.#before.canary,
    }
  }
}

/** The canary's share (0..1) of the requests for orders, by the document. */
export function wantedShare({ routes }: SystemModel): number {
  const split = routes.find(({ to }) => to === 'order')?.split ?? new Map<string, number>()
  const sum = [...split.values()].reduce((all, weight) => all + weight, 0)
  return sum === 0 ? 0 : (split.get('canary') ?? 0) / sum
}

function countOf({ edges }: SystemStatus): { requests: number; canary: number } {
  const calls = (version?: string) =>
    edges.reduce(
      (sum, { from, to, calls: more }) =>
        from === 'gateway' && (version === undefined || to === version) ? sum + more : sum,
      0,
    )
  return { requests: calls(), canary: calls('canary') }
}
