import { ABORTED, FAILED, SUCCEEDED, type Kind } from '../outcome/kind.js'
import { leaveAtOnce, releaseAtOnce, startAtOnce, walkOn, type AtOnceFrame } from './at-once.js'
import { TURN, WAIT, type Flow } from './flow.js'
import { Frame, type Plan } from './frame.js'
import type { HappySlots } from './happy-path.js'
import { Pending, type Attempt, type Operation } from './operation.js'
import { Run, type RunOwner } from './run.js'
import { outcomeOf } from './settled.js'

/** A run that is told by callbacks how it ended. Never used again, so a second callback can be told. */
class CallbackRun extends Run implements Attempt {
  readonly number: number
  private readonly operation: Pick<Operation, 'start'> & Partial<Operation>

  constructor(owner: RunOwner, operation: Pick<Operation, 'start'>, number: number) {
    super(owner)
    this.ended = false
    this.operation = operation
    this.number = number
  }

  succeed(value: unknown): void {
    this.checkUnderWay()
    this.settle(SUCCEEDED, value)
  }

  fail(error: unknown): void {
    this.checkUnderWay()
    this.settle(FAILED, error)
  }

  protected override stop(reason: unknown): void {
    this.operation.stop?.(this, reason)
  }

  private checkUnderWay(): void {
    if (!this.ended) return
    throw new Error(`cannot settle attempt ${this.number}: it must be settled once, got a second end`)
  }
}

/** A call that callbacks drive: nothing in it waits for a promise. */
export class CallbackCall extends Frame implements AtOnceFrame {
  declare plan: Plan<CallbackCall>
  declare operation: Operation
  readonly happySlots: HappySlots | undefined
  isAtOnce: boolean = false
  /** Goes up with each end, so that a handle of a former call can be told. */
  serial: number = 0
  private run: CallbackRun | undefined
  /** The operation is being started, and may be over before that returns. */
  private launching: boolean = false

  constructor(plan: Plan) {
    super(plan)
    this.happySlots = plan.happyPath?.slotsOf(plan.steps, this.slots)
  }

  start(): void {
    this.date()
    if (this.plan.happyPath === undefined) this.walk(-1, true)
    else startAtOnce(this)
  }

  abort(serial: number, reason: unknown): void {
    if (serial === this.serial) this.cancel(-1, ABORTED, reason)
  }

  override runSettled(kind: Kind, value: unknown): void {
    if (this.launching) this.end(kind, value)
    else if (kind === SUCCEEDED && leaveAtOnce(this, value)) this.endAtOnce(value)
    else super.runSettled(kind, value)
  }

  override dueAt(): number {
    return this.isAtOnce ? this.plan.happyPath!.dueAt(this, this.happySlots!) : this.deadline
  }

  override awaits(answer: unknown, ended: (kind: Kind, value: unknown) => void): boolean {
    if (!(answer instanceof Pending)) return false
    const dueAt = this.dueAt()
    answer.start(new CallbackRun({ dueAt: () => dueAt, runSettled: ended }, answer, 1))
    return true
  }

  override walk(from: number, inward: boolean): void {
    walkOn(this)
    super.walk(from, inward)
  }

  override launch(): Flow {
    const run = new CallbackRun(this, this.operation, this.attempt)
    this.run = run
    this.launching = true
    try {
      this.operation.start(run)
    } catch (error) {
      if (!run.ended) run.end()
      this.end(FAILED, error)
    }
    this.launching = false
    this.goOn()
    return run.ended ? TURN : WAIT
  }

  protected override giveUpRun(reason: unknown): Run {
    const run = this.run!
    run.abandon(reason)
    return run
  }

  private endAtOnce(value: unknown): void {
    const { operation } = this
    this.serial += 1
    releaseAtOnce(this)
    operation.ended({ ok: true, value, fallback: false })
  }

  protected override conclude(): void {
    const { operation } = this
    const outcome = outcomeOf(this)
    this.serial += 1
    this.release()
    operation.ended(outcome)
  }
}
