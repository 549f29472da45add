import { leaveAtOnce, releaseAtOnce, startAtOnce, walkOn } from '../engine/at-once.js'
import { Call } from './call.js'

/** A call through a plan with a happy path, which it takes where it can. */
export class AtOnceCall extends Call {
  override fulfilled(value: unknown): void {
    if (leaveAtOnce(this, value)) this.settleAtOnce(value)
    else super.fulfilled(value)
  }

  override walk(start: number, inward: boolean): void {
    walkOn(this)
    super.walk(start, inward)
  }

  protected override go(): void {
    startAtOnce(this)
  }

  private settleAtOnce(value: unknown): void {
    const resolve = this.resolve!
    const end = this.asOutcome ? { ok: true, value, fallback: false } : value
    if (this.listening) this.stopListening()
    this.resolve = undefined
    releaseAtOnce(this)
    resolve(end)
  }
}
