import type { BreakerState, Snapshot } from '@watertight/console'

/** A circuit breaker, and who calls through it. */
export interface BreakerBefore {
  readonly from: string
  readonly state: Exclude<BreakerState, 'none'>
}

/** The circuit breakers before a service that tell their state. */
export function breakersBefore({ edges }: Pick<Snapshot, 'edges'>, service: string): BreakerBefore[] {
  return edges.flatMap(({ from, to, signals }) => {
    const state = to === service && signals.known ? signals.value.breaker : null
    return state === null || state === 'none' ? [] : [{ from, state }]
  })
}
