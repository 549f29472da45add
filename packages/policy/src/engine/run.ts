import { discard } from '../outcome/discard.js'
import { SUCCEEDED, type Kind } from '../outcome/kind.js'

/** Who waits for a run, unless it gives the run up first. */
export interface RunOwner {
  /** When the innermost time limit passes, in monotonic milliseconds. */
  dueAt(): number
  runSettled(kind: Kind, value: unknown): void
}

/**
 * One execution of an operation, from its start until it has really ended: a timed-out operation that pays no heed
 * outlives the call that it belonged to. How it is started, and told to stop, is the driver's.
 */
export abstract class Run {
  ended: boolean = true
  /** None once it is given up. */
  private owner: RunOwner | undefined

  constructor(owner: RunOwner) {
    this.owner = owner
  }

  /** When the innermost time limit of its call passes, in monotonic milliseconds; `-Infinity` once it is over. */
  get deadline(): number {
    return this.ended || this.owner === undefined ? -Infinity : this.owner.dueAt()
  }

  /** The owner stops waiting; the operation is told and goes on at its own pace. */
  abandon(reason: unknown): void {
    this.owner = undefined
    this.stop(reason)
  }

  /** It is over, however it ended, and perhaps long after its owner stopped waiting. */
  end(): void {
    this.ended = true
  }

  /** Tells the operation that nobody waits for it any more. */
  protected abstract stop(reason: unknown): void

  protected settle(kind: Kind, value: unknown): void {
    this.end()
    if (this.owner !== undefined) this.owner.runSettled(kind, value)
    else if (kind === SUCCEEDED) discard(value)
  }
}
