import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fallback } from '../fallback/fallback.js'
import { pipeline } from '../promise/pipeline.js'
import { recordEvents, virtualClock, type VirtualClock } from '../testing/index.js'
import { timeout } from '../timeout/timeout.js'
import { cache } from './cache.js'

let clock: VirtualClock
beforeEach(() => {
  clock = virtualClock()
  clock.install()
})
afterEach(() => {
  clock[Symbol.dispose]()
})

const book = { key: 'book' }
const fail = (): Promise<never> => Promise.reject(new Error('down'))

/** An operation that takes 10 ms, counts its runs and notes those that were aborted. */
function slow(): {
  run: (context: { signal: AbortSignal }) => Promise<number>
  runs: number
  aborts: unknown[]
} {
  const operation = {
    runs: 0,
    aborts: [] as unknown[],
    run: ({ signal }: { signal: AbortSignal }): Promise<number> => {
      const mine = (operation.runs += 1)
      signal.addEventListener('abort', () => operation.aborts.push(signal.reason))
      return new Promise((resolve) => clock.setTimer(10, () => resolve(mine)))
    },
  }
  return operation
}

describe('cache', () => {
  it('answers from what it has until that has aged, synchronous operations included', async () => {
    const call = cache({ ttlMs: 100 })
    const recorder = recordEvents(call, ['cache'])
    let runs = 0
    const count = (): number => (runs += 1)
    expect([await call.execute(count, book), await call.execute(count, book)]).toEqual([1, 1])
    await clock.advance(100)
    expect([await call.execute(count, book), await call.execute(count, { key: 'other' })]).toEqual([2, 3])
    expect(recorder.events.map((event) => event.result)).toEqual(['miss', 'hit', 'miss', 'miss'])
    expect([await call.execute(count), await call.execute(count)]).toEqual([4, 5])
    call.invalidate('book')
    expect([call.size, await call.execute(count, book)]).toEqual([1, 6])
  })

  it('gives the stale value at once and refreshes it once, without the signal of the caller', async () => {
    const call = cache({ ttlMs: 100, staleWhileRevalidateMs: 100 })
    const operation = slow()
    const first = call.execute(operation.run, book)
    await clock.advance(120)
    expect(await first).toBe(1)
    const controller = new AbortController()
    const options = { ...book, signal: controller.signal }
    expect(await call.outcome(operation.run, options)).toEqual({ ok: true, value: 1, fallback: true })
    expect(await call.outcome(operation.run, options)).toEqual({ ok: true, value: 1, fallback: true })
    controller.abort()
    await clock.advance(10)
    expect([operation.runs, operation.aborts]).toEqual([2, []])
    expect(await call.outcome(operation.run, book)).toEqual({ ok: true, value: 2, fallback: false })
  })

  it('answers a failure with the stale value for as long as it may, and keeps no failure', async () => {
    const call = cache({ ttlMs: 100, staleIfErrorMs: 100 })
    await expect(call.execute(fail, book)).rejects.toThrow('down')
    expect(call.size).toBe(0)
    await call.execute(() => 'good', book)
    await clock.advance(150)
    expect(await call.outcome(fail, book)).toEqual({ ok: true, value: 'good', fallback: true })
    await clock.advance(50)
    expect(await call.outcome(fail, book)).toMatchObject({ ok: false, reason: 'failure' })
  })

  it('keeps nothing that a fallback made up or a predicate rejects', async () => {
    const call = cache({ ttlMs: 100, whenResult: (value) => value === 503 })
    expect(await pipeline(call, fallback({ value: 'made up' })).execute(fail, book)).toBe('made up')
    expect(await call.execute(() => 503, book)).toBe(503)
    expect(call.size).toBe(0)
  })

  it('is bounded: the least recently used result goes first', async () => {
    const call = cache({ ttlMs: 100, max: 2 })
    for (const key of ['a', 'b', 'a', 'c']) await call.execute(() => key, { key })
    expect(call.size).toBe(2)
    const answers = ['a', 'c', 'b'].map((key) => call.execute(() => 'new', { key }))
    expect(await Promise.all(answers)).toEqual(['a', 'c', 'new'])
  })
})

describe('coalescing', () => {
  it('shares one run; each abort settles its own caller, the run lives on for the others', async () => {
    const call = cache({ ttlMs: 100 })
    const operation = slow()
    const leader = new AbortController()
    const outcomes = [
      call.outcome(operation.run, { ...book, signal: leader.signal }),
      call.outcome(operation.run, book),
      call.outcome(operation.run, book),
    ]
    leader.abort('gone')
    expect(await outcomes[0]).toEqual({ ok: false, error: 'gone', reason: 'abort' })
    await clock.advance(10)
    const shared = { ok: true, value: 1, fallback: false }
    expect(await Promise.all(outcomes.slice(1))).toEqual([shared, shared])
    expect([operation.runs, operation.aborts]).toEqual([1, []])
  })

  it('cancels the run when the last caller has gone, and never joins that run again', async () => {
    const call = cache({ ttlMs: 100 })
    const operation = slow()
    const [one, two] = [new AbortController(), new AbortController()]
    const outcomes = [one, two].map(({ signal }) => call.outcome(operation.run, { ...book, signal }))
    one.abort('one')
    expect(operation.aborts).toEqual([])
    two.abort('two')
    expect(operation.aborts).toEqual(['two'])
    const next = call.execute(operation.run, book)
    await clock.advance(10)
    expect(await next).toBe(2)
    expect(await Promise.all(outcomes)).toMatchObject([{ error: 'one' }, { error: 'two' }])
  })

  it('a time limit outside ends its own call only', async () => {
    const call = cache({ ttlMs: 100 })
    const operation = slow()
    const hasty = pipeline(timeout({ ms: 5 }), call).outcome(operation.run, book)
    const patient = call.execute(operation.run, book)
    await clock.advance(10)
    expect(await hasty).toMatchObject({ ok: false, error: { code: 'WT_TIMEOUT' } })
    expect([await patient, operation.runs]).toEqual([1, 1])
  })

  it('does not keep what was being computed when its key was invalidated', async () => {
    const call = cache({ ttlMs: 100 })
    const operation = slow()
    const before = call.execute(operation.run, book)
    call.invalidate('book')
    const after = call.execute(operation.run, book)
    await clock.advance(10)
    expect([await before, await after, await call.execute(operation.run, book)]).toEqual([1, 2, 2])
  })

  it('can be turned off', async () => {
    const call = cache({ ttlMs: 100, coalesce: false })
    const operation = slow()
    const both = Promise.all([call.execute(operation.run, book), call.execute(operation.run, book)])
    await clock.advance(10)
    expect(await both).toEqual([1, 2])
  })
})
