import { enterAtOnce, goOnAtOnce, leaveAtOnce, releaseAtOnce, waitsAtOnce } from '../engine/at-once.js'
import { WAIT, type Flow } from '../engine/flow.js'
import { Call } from './call.js'
import type { Operation } from './operation.js'

/** A call through a plan with a happy path, which it takes where it can. */
export class AtOnceCall extends Call {
  override fulfilled(value: unknown): unknown {
    return leaveAtOnce(this, value) ? this.settleAtOnce(value) : super.fulfilled(value)
  }

  /** The same as `launch`, but the promise stays in hand: to put it into the frame costs as much as to make it. */
  protected override go(operation: Operation<unknown>): Promise<unknown> {
    if (!enterAtOnce(this)) {
      this.begin()
      return this.started(this.takeFollowing())
    }
    const { run } = this
    let promise: Promise<unknown> | undefined
    try {
      promise = run.start(operation, 1)
    } catch (error) {
      return this.goOnFrom(this.failedToStart(error))
    }
    if (promise === undefined) return this.goOnFrom(this.takeResult())
    const following = run.follow(promise)
    if (!waitsAtOnce(this, WAIT)) return this.goOnFrom(WAIT)
    return this.plan.interrupts || this.options.signal !== undefined ? this.wait() : following
  }

  private goOnFrom(flow: Flow): Promise<unknown> {
    goOnAtOnce(this, flow)
    return this.started(undefined)
  }

  private settleAtOnce(value: unknown): unknown {
    const { resolve } = this
    const end = this.asOutcome ? { ok: true, value, fallback: false } : value
    if (this.listening) this.stopListening()
    this.asOutcome = false
    releaseAtOnce(this)
    if (resolve === undefined) return end
    this.resolve = undefined
    resolve(end)
    return undefined
  }
}
