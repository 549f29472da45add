import type { Queueing } from '../admission/queueing.js'
import type { WaitEnd } from '../admission/waiter-queue.js'
import { expiryQueue } from '../clock/expiry-queue.js'
import { WAIT, type Flow } from '../engine/flow.js'
import type { Frame } from '../engine/frame.js'
import { refuse } from '../engine/refuse.js'
import { PolicyStep } from '../promise/policy-step.js'
import type { WaitingCall, WaitKeeper } from '../engine/waiting-call.js'

/** A step that grants slots and lets calls wait for them: how a wait begins, and all the ways in which it ends. */
export abstract class QueueingStep<W extends WaitingCall> extends PolicyStep implements WaitKeeper {
  abstract readonly decision: Queueing<W>
  /** The loop that hands on free slots is running, further down the stack. */
  protected waking: boolean = false

  get queued(): number {
    return this.decision.queued
  }

  override cancel(frame: Frame, index: number): void {
    const call = frame.slots[index] as W
    this.decision.leave(call)
    call.stopWaiting()
  }

  /** Refuses a call that waits in the queue, or was just taken out of it. */
  refuseWaiting(call: WaitingCall, end: WaitEnd): void {
    this.decision.leave(call as W)
    const { frame, index } = call
    call.stopWaiting()
    refuse(this, frame!, this.decision.refusal(end, frame!.now()))
    frame!.resume(index, false)
  }

  /** Lets a call wait that found no slot free. */
  protected queue(frame: Frame, index: number, priority: number): Flow {
    const slots = this.decision
    const call = frame.slots[index] as W
    call.wait(frame, index, priority)
    const evicted = slots.wait(call, frame.now())
    if (evicted === call) {
      call.stopWaiting()
      return refuse(this, frame, slots.refusal('full', frame.now()))
    }
    // Before anybody else is told: a listener may end this very wait.
    expiryQueue(frame.clock, slots.maxWaitMs).add(call.limit, frame.now())
    const { queued } = slots
    if (evicted !== undefined) this.refuseWaiting(evicted, 'evicted')
    if (this.observed) this.emit('queued', { queued })
    return WAIT
  }

  /** Ends the waits that free slots, or the lack of places, have decided, beginning with this one. */
  protected wake(first: W | undefined, now: number): void {
    this.waking = true
    for (let call = first; call !== undefined; call = this.decision.grant(now)) {
      if (call.permit === 0) {
        this.refuseWaiting(call, call.end)
        continue
      }
      const { frame, index } = call
      this.granted(call, now)
      call.stopWaiting()
      frame!.resume(index, true)
    }
    this.waking = false
  }

  /** The same, when options or limits have changed. */
  protected wakeAll(): void {
    const now = this.now
    this.wake(this.decision.grant(now), now)
  }

  /** A call that waited has a slot now, and is about to go on. */
  protected granted(_call: W, _now: number): void {}
}
