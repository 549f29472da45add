import { leaveAtOnce, releaseAtOnce, startAtOnce, walkOn } from '../engine/at-once.js'
import { SUCCEEDED, type Kind } from '../outcome/kind.js'
import { Call } from './call.js'

/** A call through a plan with a happy path, which it takes where it can. */
export class AtOnceCall extends Call {
  override runSettled(kind: Kind, value: unknown): void {
    if (kind === SUCCEEDED && leaveAtOnce(this, value)) this.settleAtOnce(value)
    else super.runSettled(kind, value)
  }

  override walk(start: number, inward: boolean): void {
    walkOn(this)
    super.walk(start, inward)
  }

  protected override go(): void {
    startAtOnce(this)
  }

  /** The same as `conclude`, for a success that has left little behind. */
  private settleAtOnce(value: unknown): void {
    const resolve = this.resolve!
    const end = this.asOutcome ? { ok: true, value, fallback: false } : value
    if (this.signal !== undefined) this.stopListening(this.signal)
    this.resolve = undefined
    releaseAtOnce(this)
    resolve(end)
  }
}
