import { SUCCEEDED } from '../outcome/kind.js'
import { NO_OPTIONS } from './call-state.js'
import { WAIT, type Flow } from './flow.js'
import { NOT_CANCELLED, UNTIMED, type Frame } from './frame.js'
import type { HappyPath } from './happy-path.js'
import { AT_ONCE, MOVING, OVER } from './stage.js'

// What the frames of a plan with a happy path do besides walking. Functions and no methods of `Frame`, so that a policy
// alone, which has no happy path, does not carry them in its bundle.

/**
 * Takes a whole call in by the happy path: what is left to do is to launch it, and to say so by `waitsAtOnce`. `false`
 * when it has to walk.
 */
export function enterAtOnce(frame: Frame): boolean {
  const { plan } = frame
  if (plan.owner.reportsEnds) frame.startedAt = frame.now()
  if (plan.happyPath === undefined || !plan.happyPath.enter(frame, frame.happySlots!)) {
    // A call on the happy path leaves its own behind.
    frame.deadline = Infinity
    return false
  }
  frame.stage = MOVING
  return true
}

/** Whether a call that was let in at once waits for its operation now, and for nothing else. */
export function waitsAtOnce(frame: Frame, flow: Flow): boolean {
  if (flow !== WAIT || frame.pendingBy !== NOT_CANCELLED) return false
  frame.stage = AT_ONCE
  return true
}

/** Goes on with a call that was let in at once, and whose operation was over at once, or has ended its own call. */
export function goOnAtOnce(frame: Frame, flow: Flow): void {
  const end = frame.pendingBy === NOT_CANCELLED ? frame.slots.length - 1 : frame.heed(frame.index, flow, true)
  frame.walk(end, false)
}

/** Takes a success out by the happy path, if it came in that way: what is left to do is to tell its caller. */
export function leaveAtOnce(frame: Frame, value: unknown): boolean {
  if (frame.stage !== AT_ONCE) return false
  frame.goOn()
  const happyPath = frame.plan.happyPath!
  if (happyPath.judges && !isAccepted(frame, happyPath, value)) return false
  if (!happyPath.leave(frame, frame.happySlots!)) return false
  frame.stage = OVER
  if (frame.startedAt !== UNTIMED) frame.reportEnd(SUCCEEDED, value)
  return true
}

/** Gives back the frame of a call that came and went by the happy path: little has changed in it. */
export function releaseAtOnce(frame: Frame): void {
  frame.operation = undefined
  frame.options = NO_OPTIONS
  frame.goOn()
  frame.plan.frames.giveBack(frame)
}

/** A predicate of the user's may end the call that it is asked about. */
function isAccepted(frame: Frame, happyPath: HappyPath, value: unknown): boolean {
  frame.stage = MOVING
  return happyPath.accepts(value) && frame.pendingBy === NOT_CANCELLED
}
