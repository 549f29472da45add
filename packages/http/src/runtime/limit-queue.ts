import { ExpiryQueue } from '@watertight/policy/decisions'
import { afterInput } from './after-input.js'
import { clock } from './clock.js'

/** Whose time is up may have been answered meanwhile: what has come in is read before anybody expires. */
class LimitQueue extends ExpiryQueue {
  protected override expire(now: number): void {
    afterInput(() => super.expire(now))
  }
}

/** The queue of those whom a time limit watches over, or none for a limit that does not exist. */
export function limitQueue(limitMs: number | undefined): ExpiryQueue | undefined {
  return limitMs === undefined || limitMs === Infinity ? undefined : new LimitQueue(clock, limitMs)
}
