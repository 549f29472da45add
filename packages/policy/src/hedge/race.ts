import type { Timer } from '../clock/clock.js'
import { discard } from '../outcome/discard.js'
import { ABORTED, FAILED, REFUSED, SUCCEEDED, type Kind } from '../outcome/kind.js'
import type { Frame } from '../engine/frame.js'

/** One of the runs of a hedged call. */
export class HedgedRun {
  readonly startedAt: number
  /** Not the first one. */
  readonly further: boolean
  over: boolean = false
  /** The run's own frame, while it is under way. */
  branch: Frame | undefined = undefined

  constructor(startedAt: number, further: boolean) {
    this.startedAt = startedAt
    this.further = further
  }
}

/**
 * The runs of one hedged call. A new one for every call: a run that is slow to go may end when the frame and the
 * slot of its call already serve another one.
 */
export class Race {
  /** The call, until it goes on. */
  frame: Frame | undefined
  readonly index: number
  readonly runs: HedgedRun[] = []
  timer: Timer | undefined = undefined
  /** A run is being started, so the call is not waiting yet and cannot be resumed. */
  starting: boolean = false
  /** No further run is wanted. */
  stopped: boolean = false
  /** The answer is decided, or the call was cancelled. */
  over: boolean = false
  kind: Kind = ABORTED
  value: unknown = undefined
  fallback: boolean = false
  /** With what the runs that are still under way are given up. */
  #lostKind: Kind = ABORTED
  #lostReason: unknown = undefined

  constructor(frame: Frame, index: number) {
    this.frame = frame
    this.index = index
  }

  get finished(): boolean {
    return this.runs.every((run) => run.over)
  }

  /** Keeps how a run failed, in case that none succeeds: the first failure, or the first refusal without one. */
  keep(kind: Kind, value: unknown, fallback: boolean): void {
    const better = this.kind === ABORTED || (this.kind === REFUSED && kind !== REFUSED)
    if (!better) {
      if (kind === SUCCEEDED) discard(value)
      return
    }
    this.kind = kind
    this.value = value
    this.fallback = fallback
  }

  /** Decides on a run's answer, in place of any failure that was kept. */
  win(value: unknown, kind: Kind, fallback: boolean): void {
    if (this.kind === SUCCEEDED) discard(this.value)
    this.kind = kind
    this.value = value
    this.fallback = fallback
  }

  /** Ends the race: gives up all runs that are still under way, with the given end. */
  end(lostKind: Kind, lostReason: unknown): void {
    this.over = true
    this.timer?.cancel()
    this.timer = undefined
    this.#lostKind = lostKind
    this.#lostReason = lostReason
    for (const run of this.runs) this.giveUp(run)
  }

  giveUp(run: HedgedRun): void {
    run.branch?.cancel(-1, this.#lostKind, this.#lostReason)
  }

  /** Lets the call have what was decided, and lets go of it. */
  answer(frame: Frame): void {
    this.frame = undefined
    frame.end(this.kind, this.value, this.fallback)
  }

  /** The call was cancelled: what was kept is not wanted any more. */
  drop(frame: Frame): void {
    if (this.kind === SUCCEEDED) discard(this.value)
    this.kind = FAILED
    this.value = undefined
    this.end(frame.kind, frame.value)
    this.frame = undefined
  }
}
