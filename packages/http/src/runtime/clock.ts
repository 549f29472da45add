import { type Clock as PolicyClock, runtime } from '@watertight/policy/decisions'

/** Where client and server get their time from. The virtual clock of `@watertight/policy/testing` fits. */
export type Clock = Pick<PolicyClock, 'now' | 'setTimer'>

export type { Timer } from '@watertight/policy/decisions'

/** The clock that the policies of this process read, whichever that is now: a test that installs its own steers all. */
export const clock: PolicyClock = {
  now: () => runtime.clock.now(),
  wallNow: () => runtime.clock.wallNow(),
  setTimer: (delayMs, callback, holdsProcess) => runtime.clock.setTimer(delayMs, callback, holdsProcess),
}
