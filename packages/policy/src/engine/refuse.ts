import { REFUSED } from '../outcome/kind.js'
import type { Refusal } from '../outcome/refusal.js'
import { TURN, type Flow } from './flow.js'
import type { Frame } from './frame.js'
import { RefusedOutcome } from './refused-outcome.js'
import type { Step } from './step.js'

/** Sends a call back that a step refuses, and tells those who listen. */
export function refuse(step: Step, frame: Frame, refusal: Refusal): Flow {
  frame.end(REFUSED, new RefusedOutcome(refusal))
  if (step.observed) step.emit('refusal', { code: refusal.code, retryAfterMs: refusal.retryAfterMs })
  return TURN
}
