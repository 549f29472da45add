import type { Clock as PolicyClock } from '@watertight/policy/decisions'

export { systemClock, type Timer } from '@watertight/policy/decisions'

/** Where the server side gets its time from. The virtual clock of `@watertight/policy/testing` fits. */
export type Clock = Pick<PolicyClock, 'now' | 'setTimer'>
