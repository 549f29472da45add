import { ExpiryQueue } from '@watertight/policy/decisions'
import { afterInput } from './after-input.js'
import { clock } from './clock.js'

/** The queue of those whom a time limit watches over, or none for a limit that does not exist. */
export function limitQueue(limitMs: number | undefined): ExpiryQueue | undefined {
  return limitMs === undefined || limitMs === Infinity
    ? undefined
    : new ExpiryQueue(clock, limitMs, afterInput)
}
