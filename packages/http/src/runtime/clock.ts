import type { Clock as PolicyClock, Timer as PolicyTimer } from '@watertight/policy/decisions'

export { systemClock } from '@watertight/policy/decisions'

/** Where the server side gets its time from. The virtual clock of `@watertight/policy/testing` fits. */
export type Clock = Pick<PolicyClock, 'now' | 'setTimer'>

export type Timer = PolicyTimer
