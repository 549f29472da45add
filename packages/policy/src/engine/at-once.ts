import { SUCCEEDED } from '../outcome/kind.js'
import { WAIT, type Flow } from './flow.js'
import { NO_OPTIONS } from './call-state.js'
import { UNTIMED, type Frame } from './frame.js'
import type { HappySlots } from './happy-path.js'
import { MOVING, OVER, WAITING } from './stage.js'

// What the frames of a plan with a happy path do besides walking. Functions and no methods of `Frame`, so that a policy
// alone, which has no happy path, does not carry them in its bundle. Small ones, so that the way in is compiled apart from
// the start of the operation: compiled as one, the time is sometimes handed on in a box of 16 bytes.

/** A frame whose plan may have a happy path. */
export interface AtOnceFrame extends Frame {
  readonly happySlots: HappySlots | undefined
  /** Every step has let the call in at once. */
  isAtOnce: boolean
}

/** Begins a whole call: by the happy path, which there is, into its operation, or else walking. */
export function startAtOnce(frame: AtOnceFrame): void {
  if (!frame.plan.happyPath!.enter(frame, frame.happySlots!)) frame.walk(-1, true)
  else launchAtOnce(frame)
}

function launchAtOnce(frame: AtOnceFrame): void {
  frame.isAtOnce = true
  frame.stage = MOVING
  const flow = frame.launch()
  if (flow === WAIT && frame.pending === undefined) frame.stage = WAITING
  else goOnAtOnce(frame, flow)
}

/** Goes on with a call that was let in at once, and whose operation was over at once, or has ended its own call. */
function goOnAtOnce(frame: AtOnceFrame, flow: Flow): void {
  const end = frame.pending === undefined ? frame.slots.length : frame.heed(frame.index, flow, true)
  frame.walk(end, false)
}

/** From here on the call walks: what the happy path has put off is due. */
export function walkOn(frame: AtOnceFrame): void {
  if (!frame.isAtOnce) return
  frame.isAtOnce = false
  frame.plan.happyPath!.catchUp(frame, frame.happySlots!)
}

/** Takes a success out by the happy path, if it came in that way: what is left to do is to tell its caller. */
export function leaveAtOnce(frame: AtOnceFrame, value: unknown): boolean {
  if (!frame.isAtOnce) return false
  frame.goOn()
  const happyPath = frame.plan.happyPath!
  if (happyPath.judges) {
    // A predicate of the user's may end the call that it is asked about.
    frame.stage = MOVING
    if (!happyPath.accepts(value) || frame.pending !== undefined) return false
  }
  if (!happyPath.leave(frame, frame.happySlots!)) return false
  frame.isAtOnce = false
  frame.stage = OVER
  if (frame.startedAt !== UNTIMED) reportAtOnce(frame, value)
  return true
}

function reportAtOnce(frame: AtOnceFrame, value: unknown): void {
  frame.end(SUCCEEDED, value)
  frame.report()
}

/** Gives back the frame of a call that came and went by the happy path: little has changed in it. */
export function releaseAtOnce(frame: AtOnceFrame): void {
  frame.operation = undefined
  frame.options = NO_OPTIONS
  frame.goOn()
  frame.plan.frames.giveBack(frame)
}
