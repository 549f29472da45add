import { discard } from '../outcome/discard.js'

/** Who waits for a run, unless it gives the run up first. */
export interface RunOwner {
  readonly deadline: number
  /** What these return or throw settles the promise that follows the run, where there is one. */
  fulfilled(value: unknown): unknown
  rejected(error: unknown): unknown
}

/** Told once a run has really ended, however long after its owner stopped waiting. */
export interface RunEnd {
  runEnded(): void
}

/**
 * One execution of an operation, from its start until it has really ended: a timed-out operation that pays no heed
 * outlives the call that it belonged to. How it is started, and told to stop, is the driver's.
 */
export abstract class Run {
  ended: boolean = true
  protected abandoned: boolean = false
  protected readonly owner: RunOwner
  private ends: RunEnd[] | undefined = undefined

  constructor(owner: RunOwner) {
    this.owner = owner
  }

  /** When the innermost time limit of its call passes, in monotonic milliseconds; `-Infinity` once it is over. */
  get deadline(): number {
    return this.abandoned || this.ended ? -Infinity : this.owner.deadline
  }

  /** The owner stops waiting; the operation is told and goes on at its own pace. */
  abandon(reason: unknown): void {
    this.abandoned = true
    this.stop(reason)
  }

  /** Asks to be told when the run has really ended. */
  onEnd(listener: RunEnd): void {
    ;(this.ends ??= []).push(listener)
  }

  /** Tells the operation that nobody waits for it any more. */
  protected abstract stop(reason: unknown): void

  protected fulfil(value: unknown): unknown {
    this.end()
    return this.abandoned ? discard(value) : this.owner.fulfilled(value)
  }

  protected reject(error: unknown): unknown {
    this.end()
    return this.abandoned ? undefined : this.owner.rejected(error)
  }

  protected end(): void {
    this.ended = true
    if (this.ends !== undefined) this.tell(this.ends)
  }

  private tell(listeners: readonly RunEnd[]): void {
    this.ends = undefined
    for (const listener of listeners) listener.runEnded()
  }
}
