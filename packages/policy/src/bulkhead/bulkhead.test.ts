import { PERMIT } from '../admission/admission.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QUEUE } from '../admission/queueing.js'
import { Waiter } from '../admission/waiter-queue.js'
import { Bulkhead, type BulkheadOptions } from './bulkhead.js'
import { BulkheadFullError, BulkheadRefusal } from './errors.js'

function waiter(priority: number = 0): Waiter {
  const created = new Waiter()
  created.priority = priority
  return created
}

/** A bulkhead whose slots are all taken. */
function full(options: BulkheadOptions): Bulkhead {
  const bulkhead = new Bulkhead(options)
  while (bulkhead.running < options.concurrency) bulkhead.admit(0)
  return bulkhead
}

/** A running call ends: answers whose wait is over by that. */
function release(bulkhead: Bulkhead, now: number): Waiter | undefined {
  bulkhead.settle(PERMIT, now, 'success', 0)
  return bulkhead.grant(now)
}

function drain(bulkhead: Bulkhead, now: number, first = bulkhead.grant(now)): Waiter[] {
  const over: Waiter[] = []
  for (let next = first; next !== undefined; next = bulkhead.grant(now)) over.push(next)
  return over
}

describe('bulkhead', () => {
  it('admits up to its concurrency and refuses beyond it', () => {
    const bulkhead = new Bulkhead({ concurrency: 2 })
    expect([bulkhead.admit(0), bulkhead.admit(0)]).toEqual([PERMIT, PERMIT])
    const refusal = bulkhead.admit(0) as BulkheadRefusal
    expect(refusal.code).toBe('WT_BULKHEAD_FULL')
    const error = refusal.toError()
    expect(error).toBeInstanceOf(BulkheadFullError)
    expect(error).toMatchObject({ code: 'WT_BULKHEAD_FULL', reason: 'full', running: 2, queued: 0 })
    expect(error.message).toBe('bulkhead is full: 2 running, 0 queued')
    expect(release(bulkhead, 1)).toBeUndefined()
    expect(bulkhead.admit(1)).toBe(PERMIT)
  })

  it('hands a freed slot to the most important waiter, in order of arrival within a priority', () => {
    const bulkhead = full({ concurrency: 1, queue: 5 })
    const arrivals = [0, 1, 0, 2, 1].map((priority) => waiter(priority))
    for (const [index, arrival] of arrivals.entries()) {
      expect(bulkhead.admit(index)).toBe(QUEUE)
      expect(bulkhead.wait(arrival, index)).toBeUndefined()
    }
    const served = arrivals.map(() => arrivals.indexOf(release(bulkhead, 10)!))
    expect(served).toEqual([3, 1, 4, 0, 2])
    expect(bulkhead.running).toBe(1)
    expect(release(bulkhead, 10)).toBeUndefined()
    expect(bulkhead.running).toBe(0)
  })

  it('gives up the least important waiter that came last for a more important one', () => {
    const bulkhead = full({ concurrency: 1, queue: 3 })
    const [important, early, late] = [waiter(5), waiter(1), waiter(1)] as const
    for (const each of [important, early, late]) bulkhead.wait(each, 0)
    const equal = waiter(1)
    expect(bulkhead.admit(1, 1)).toBeInstanceOf(BulkheadRefusal)
    expect(bulkhead.wait(equal, 1)).toBe(equal)
    const newcomer = waiter(2)
    expect(bulkhead.admit(1, 2)).toBe(QUEUE)
    expect(bulkhead.wait(newcomer, 1)).toBe(late)
    expect(late).toMatchObject({ waiting: false, permit: 0 })
    expect([release(bulkhead, 2), release(bulkhead, 2), release(bulkhead, 2)]).toEqual([
      important,
      newcomer,
      early,
    ])
  })

  it('lets nobody pass those who wait', () => {
    const bulkhead = full({ concurrency: 1, queue: 2 })
    bulkhead.wait(waiter(), 0)
    bulkhead.reconfigure({ concurrency: 3, queue: 2 })
    expect(bulkhead.admit(1)).toBe(QUEUE)
  })

  it('passes over a waiter whose wait has expired, without giving it a slot', () => {
    const bulkhead = full({ concurrency: 1, queue: 2, maxWaitMs: 100 })
    const [early, late] = [waiter(), waiter()] as const
    bulkhead.wait(early, 0)
    bulkhead.wait(late, 60)
    expect(release(bulkhead, 100)).toBe(early)
    expect(early.permit).toBe(0)
    expect(bulkhead.grant(100)).toBe(late)
    expect(late.permit).toBe(PERMIT)
    expect(bulkhead.grant(100)).toBeUndefined()
    expect(bulkhead.running).toBe(1)
  })

  it('forgets a waiter that is removed, once', () => {
    const bulkhead = full({ concurrency: 1, queue: 2 })
    const [gone, kept] = [waiter(), waiter()] as const
    bulkhead.wait(gone, 0)
    bulkhead.wait(kept, 0)
    expect([bulkhead.leave(gone), bulkhead.leave(gone)]).toEqual([true, false])
    expect(bulkhead.queued).toBe(1)
    expect(release(bulkhead, 1)).toBe(kept)
  })

  it('grants new slots, and refuses those beyond a shorter queue, when options change', () => {
    const bulkhead = full({ concurrency: 1, queue: 4 })
    const [first, second, third, fourth] = [waiter(), waiter(), waiter(), waiter()] as const
    for (const each of [first, second, third, fourth]) bulkhead.wait(each, 0)
    bulkhead.reconfigure({ concurrency: 2, queue: 2 })
    expect(drain(bulkhead, 1)).toEqual([fourth, third, first])
    expect([first.permit, third.permit, fourth.permit]).toEqual([PERMIT, 0, 0])
    bulkhead.reconfigure({ concurrency: 1, queue: 2 })
    expect(release(bulkhead, 2)).toBeUndefined()
    expect(release(bulkhead, 2)).toBe(second)
  })

  it('takes a call for one of priority 0, and lets nobody wait unless told so', () => {
    const bulkhead = full({ concurrency: 1, queue: 1 })
    bulkhead.wait(waiter(0), 0)
    expect(bulkhead.admit(0)).toBeInstanceOf(BulkheadRefusal)
    expect([bulkhead.maxWaitMs, bulkhead.grantAt]).toEqual([1_000, Infinity])
    bulkhead.reconfigure({ concurrency: 1, maxWaitMs: 5 })
    expect(bulkhead.maxWaitMs).toBe(5)
    expect(full({ concurrency: 1 }).admit(0)).toBeInstanceOf(BulkheadRefusal)
  })

  it('counts without limit at Infinity, and never below zero', () => {
    const bulkhead = new Bulkhead({ concurrency: Infinity })
    for (let call = 0; call < 1_000; call++) expect(bulkhead.admit(0)).toBe(PERMIT)
    expect(bulkhead.running).toBe(1_000)
    const empty = new Bulkhead({ concurrency: 1 })
    release(empty, 0)
    empty.admit(0)
    expect(empty.admit(0)).toBeInstanceOf(BulkheadRefusal)
  })

  it.each([
    [
      {} as BulkheadOptions,
      'cannot create bulkhead: concurrency must be an integer >= 1, or Infinity, got undefined',
    ],
    [{ concurrency: 0 }, 'cannot create bulkhead: concurrency must be an integer >= 1, or Infinity, got 0'],
    [{ concurrency: NaN }, 'concurrency must be an integer >= 1, or Infinity, got NaN'],
    [
      { concurrency: 1, queue: Infinity },
      'cannot create bulkhead: queue must be an integer >= 0, got Infinity',
    ],
    [{ concurrency: 1, queue: -1 }, 'queue must be an integer >= 0, got -1'],
    [{ concurrency: 1, maxWaitMs: 0 }, 'maxWaitMs must be a finite number > 0, got 0'],
    [{ concurrency: 1, maxWaitMs: Infinity }, 'maxWaitMs must be a finite number > 0, got Infinity'],
  ])('refuses %j', (options, message) => {
    expect(() => new Bulkhead(options)).toThrow(message)
  })
})

type Action =
  | { kind: 'call'; priority: number }
  | { kind: 'end' }
  | { kind: 'abort'; index: number }
  | { kind: 'tick'; ms: number }

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('call' as const), priority: fc.integer({ min: 0, max: 3 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('end' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('abort' as const), index: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('tick' as const), ms: fc.integer({ min: 1, max: 60 }) }),
  },
)

describe('bulkhead in any interleaving', () => {
  const shape = fc.record({
    concurrency: fc.integer({ min: 1, max: 4 }),
    queue: fc.integer({ min: 0, max: 5 }),
    maxWaitMs: fc.integer({ min: 1, max: 100 }),
  })

  it('never runs above its capacity, queues above its bound, or leaves a slot idle while somebody waits', () => {
    fc.assert(
      fc.property(shape, fc.array(action, { maxLength: 60 }), (options, actions) => {
        const bulkhead = new Bulkhead(options)
        // The model: an array sorted by hand, most important and earliest first.
        let waiting: Waiter[] = []
        let running = 0
        let now = 0
        for (const each of actions) {
          if (each.kind === 'tick') now += each.ms
          if (each.kind === 'abort' && waiting.length > 0) {
            const gone = waiting[each.index % waiting.length]!
            expect(bulkhead.leave(gone)).toBe(true)
            waiting = waiting.filter((one) => one !== gone)
          }
          if (each.kind === 'end' && running > 0) {
            running -= 1
            for (const over of drain(bulkhead, now, release(bulkhead, now))) {
              expect(over).toBe(waiting.shift())
              expect(over.permit > 0).toBe(now - over.enqueuedAt < options.maxWaitMs)
              if (over.permit > 0) running += 1
            }
          }
          if (each.kind === 'call') {
            const answer = bulkhead.admit(now, each.priority)
            if (running < options.concurrency) {
              expect(answer).toBe(PERMIT)
              running += 1
            } else if (answer === QUEUE) {
              const newcomer = waiter(each.priority)
              const evicted = bulkhead.wait(newcomer, now)
              if (evicted !== undefined) {
                expect(waiting.length).toBe(options.queue)
                expect(evicted).toBe(waiting.pop())
                expect(evicted.priority).toBeLessThan(each.priority)
              }
              const place = waiting.findIndex((one) => one.priority < each.priority)
              waiting.splice(place === -1 ? waiting.length : place, 0, newcomer)
            } else {
              expect(waiting.length).toBe(options.queue)
              expect(waiting.every((one) => one.priority >= each.priority)).toBe(true)
            }
          }
          expect(bulkhead.running).toBe(running)
          expect(bulkhead.queued).toBe(waiting.length)
          expect(running).toBeLessThanOrEqual(options.concurrency)
          expect(waiting.length).toBeLessThanOrEqual(options.queue)
          if (waiting.length > 0) expect(running).toBe(options.concurrency)
        }
      }),
    )
  })

  it('serves every waiter of a priority before any that came later', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 30 }), (priorities) => {
        const bulkhead = full({ concurrency: 1, queue: 30 })
        const arrivals = priorities.map((priority) => waiter(priority))
        for (const [index, each] of arrivals.entries()) bulkhead.wait(each, index)
        const served = arrivals.map(() => release(bulkhead, 100)!)
        const expected = arrivals.toSorted((a, b) => b.priority - a.priority || a.enqueuedAt - b.enqueuedAt)
        expect(served).toEqual(expected)
        expect(served.every((each) => each.permit > 0)).toBe(true)
      }),
    )
  })
})
