import assert from 'node:assert/strict'
import {
  QUEUE,
  Waiter,
  type Admission,
  type Queueing,
  type Refusal,
  type Verdict,
} from '../../src/decisions.js'

/** What a driver may do next; an index picks one of those there are. */
export type Action =
  | { readonly kind: 'call'; readonly priority: number }
  | { readonly kind: 'end'; readonly index: number; readonly verdict: Verdict }
  | { readonly kind: 'leave'; readonly index: number }
  | { readonly kind: 'tick'; readonly ms: number }

/** One call as its driver sees it. */
export class Call extends Waiter {
  readonly id: number
  startedAt: number = 0

  constructor(id: number, priority: number) {
    super()
    this.id = id
    this.priority = priority
  }
}

/** A driver that keeps every rule, and all that it sees: two of one trace have behaved alike. */
export class World<D extends Admission = Admission> {
  readonly decision: D
  readonly running: Call[] = []
  readonly waiting: Call[] = []
  readonly trace: (readonly [call: number, event: string])[] = []
  /** The calls that were refused at once. */
  readonly refused: Set<number> = new Set()
  /** When each call started. */
  readonly starts: number[] = []
  now: number = 1_000
  onRefusal: (refusal: Refusal) => void = () => {}
  onStart: () => void = () => {}

  constructor(decision: D) {
    this.decision = decision
  }

  /** The same driver, whose calls wait where the decision lets them. */
  private get queue(): Queueing<Call> | undefined {
    return 'grant' in this.decision ? (this.decision as unknown as Queueing<Call>) : undefined
  }

  play(actions: readonly Action[], skipped: ReadonlySet<number> = new Set(), firstId: number = 0): this {
    for (const [index, action] of actions.entries()) {
      if (!skipped.has(firstId + index)) this.take(action, firstId + index)
    }
    return this
  }

  take(action: Action, id: number): void {
    if (action.kind === 'call') this.arrive(new Call(id, action.priority))
    else if (action.kind === 'tick') this.passTime(action.ms)
    else if (action.kind === 'end') this.end(pick(this.running, action.index), action.verdict)
    else this.leave(pick(this.waiting, action.index))
    this.handOn()
  }

  passTime(ms: number): void {
    const until = this.now + ms
    for (let due = this.queue?.grantAt ?? Infinity; due <= until; due = this.queue!.grantAt) {
      this.now = Math.max(this.now, due)
      this.handOn()
    }
    this.now = until
  }

  end(call: Call | undefined, verdict: Verdict): void {
    if (call === undefined) return
    this.running.splice(this.running.indexOf(call), 1)
    this.decision.settle(call.permit, this.now, verdict, this.now - call.startedAt)
    this.trace.push([call.id, verdict])
  }

  leave(call: Call | undefined): void {
    if (call === undefined) return
    this.waiting.splice(this.waiting.indexOf(call), 1)
    assert.equal(this.queue!.leave(call), true, 'whoever waits can leave')
    assert.equal(this.queue!.leave(call), false, 'a wait ends once')
    this.trace.push([call.id, 'left'])
  }

  /** Everybody who runs or waits goes, and it is as if nothing had been learned from them. */
  rest(): this {
    while (this.waiting.length > 0) this.leave(this.waiting[0])
    while (this.running.length > 0) this.end(this.running[0], 'ignored')
    return this
  }

  handOn(): void {
    const { queue, now } = this
    if (queue === undefined) return
    for (let call = queue.grant(now); call !== undefined; call = queue.grant(now)) {
      const place = this.waiting.indexOf(call)
      assert.ok(place >= 0, 'only those who wait are handed on')
      this.waiting.splice(place, 1)
      if (call.permit > 0) {
        const passed = this.waiting.filter((other) => other.id < call.id && other.priority >= call.priority)
        assert.deepEqual(passed, [], 'nobody passes an earlier one that is as important')
        this.start(call, call.permit)
      } else this.refuse(call, queue.refusal(call.end, now))
    }
  }

  private arrive(call: Call): void {
    const answer = this.decision.admit(this.now, call.priority)
    if (typeof answer !== 'number') {
      this.refused.add(call.id)
      this.refuse(call, answer)
    } else if (answer === QUEUE) this.wait(call)
    else this.start(call, answer)
  }

  private wait(call: Call): void {
    this.trace.push([call.id, 'waits'])
    this.waiting.push(call)
    const { queue } = this
    if (queue === undefined) throw new Error('only a decision that queues may answer QUEUE')
    const evicted = queue.wait(call, this.now)
    if (evicted === undefined) return
    assert.notEqual(evicted, call, 'whoever was told to wait has a place')
    assert.ok(evicted.priority < call.priority, 'a place is taken from the less important')
    this.waiting.splice(this.waiting.indexOf(evicted), 1)
    this.refuse(evicted, queue.refusal('evicted', this.now))
  }

  private start(call: Call, permit: number): void {
    assert.ok(Number.isSafeInteger(permit) && permit > 0, `a permit is a positive integer, not ${permit}`)
    call.permit = permit
    call.startedAt = this.now
    this.running.push(call)
    this.starts.push(this.now)
    this.trace.push([call.id, 'starts'])
    this.onStart()
  }

  private refuse(call: Call, refusal: Refusal): void {
    const { code, retryAfterMs = 0 } = refusal
    assert.match(code, /^WT_/)
    assert.ok(retryAfterMs >= 0 && retryAfterMs < Infinity, `retry after ${retryAfterMs}`)
    assert.equal(refusal.toError().code, code)
    this.trace.push([call.id, `refused, ${retryAfterMs.toFixed(6)}`])
    this.onRefusal(refusal)
  }
}

function pick<T>(items: readonly T[], index: number): T | undefined {
  return items.length === 0 ? undefined : items[index % items.length]
}
