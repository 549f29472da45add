import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Clock } from '../../src/clock/clock.js'
import { replaceRuntime } from '../../src/clock/runtime.js'
import { bulkhead, circuitBreaker, constant, pipeline, retry, timeout } from '../../src/index.js'
import { recordEvents } from '../../src/testing/index.js'
import { held, useVirtualTime } from './virtual-time.js'

describe('an operation that blocks and then throws or returns', () => {
  let now = 0
  let restore: () => void
  beforeEach(() => {
    now = 1_000
    const clock: Clock = { now: () => now, wallNow: () => now, setTimer: () => ({ cancel: () => {} }) }
    restore = replaceRuntime({ clock })
  })
  afterEach(() => {
    restore()
  })

  const blocks = (ms: number, fails: boolean) => (): string => {
    now += ms
    if (fails) throw new Error('down')
    return 'done'
  }

  it.each([
    ['throws', true, 'failure'],
    ['returns', false, 'success'],
  ] as const)('that %s is timed to its end', async (_how, fails, event) => {
    const breaker = circuitBreaker({ slowCalls: { overMs: 200, rate: 1 }, minimumCalls: 10 })
    const call = pipeline(timeout({ ms: 10_000 }), breaker)
    const events = recordEvents(call, [event])
    await call.outcome(blocks(250, fails))
    expect(events.events).toMatchObject([{ type: event, durationMs: 250 }])
    expect(breaker.metrics).toMatchObject({ calls: 1, slow: 1 })
  })

  it('opens a circuit at the moment of the throw, not of the start', async () => {
    const breaker = circuitBreaker({ consecutiveFailures: 1, openForMs: 1_000 })
    await breaker.outcome(blocks(400, true))
    now += 999
    expect(await breaker.outcome(() => 'early')).toMatchObject({ ok: false, error: { retryAfterMs: 1 } })
    now += 1
    expect(await breaker.execute(() => 'again')).toBe('again')
  })

  it('leaves no time for another try when it took all of it', async () => {
    const call = pipeline(timeout({ ms: 300 }), retry({ attempts: 3, backoff: constant({ ms: 10 }) }))
    const events = recordEvents(call, ['retry', 'retry-stopped'])
    await call.outcome(blocks(295, true))
    expect(events.events).toMatchObject([{ type: 'retry-stopped', reason: 'deadline', attempt: 1 }])
  })
})

describe('a synchronous success that its caller overruled meanwhile', () => {
  const time = useVirtualTime()
  const reason = new Error('enough')

  /** Something that holds a connection until its body is read or cancelled. */
  class Reply {
    cancelled: number = 0
    readonly body: { cancel: () => void; getReader: () => void } = {
      cancel: () => {
        this.cancelled += 1
      },
      getReader: () => {},
    }
  }

  it('is discarded when a later try gave it', async () => {
    const call = pipeline(timeout({ ms: 1_000 }), retry({ attempts: 2, backoff: constant({ ms: 10 }) }))
    const caller = new AbortController()
    const reply = new Reply()
    const operation = ({ attempt }: { attempt: number }): Reply => {
      if (attempt === 1) throw new Error('first')
      caller.abort(reason)
      return reply
    }
    const outcome = call.outcome(operation, { signal: caller.signal })
    await time.clock.advance(10)
    expect(await outcome).toEqual({ ok: false, error: reason, reason: 'abort' })
    expect(reply.cancelled).toBe(1)
  })

  it('is discarded when it had waited in a queue, and its slot is free again', async () => {
    const call = bulkhead({ concurrency: 1, queue: 1 })
    const gate = held()
    const first = call.execute(() => gate.promise)
    const caller = new AbortController()
    const reply = new Reply()
    const outcome = call.outcome(
      () => {
        caller.abort(reason)
        return reply
      },
      { signal: caller.signal },
    )
    gate.resolve()
    await first
    expect(await outcome).toEqual({ ok: false, error: reason, reason: 'abort' })
    expect([reply.cancelled, call.running, call.queued]).toEqual([1, 0, 0])
  })

  it('is discarded when it came later than the limit that overruled it', async () => {
    const call = pipeline(timeout({ ms: 100 }), retry({ attempts: 1 }))
    const reply = new Reply()
    const outcome = call.outcome(async () => {
      await new Promise<void>((wake) => time.clock.setTimer(150, wake))
      return reply
    })
    await time.clock.advance(200)
    expect(await outcome).toMatchObject({ ok: false, error: { code: 'WT_TIMEOUT' } })
    expect(reply.cancelled).toBe(1)
  })
})
