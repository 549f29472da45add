import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  bulkhead,
  circuitBreaker,
  constant,
  fallback,
  pipeline,
  retry,
  timeout,
  type Layer,
  type Policy,
} from '../index.js'
import { recordEvents, virtualClock, type VirtualClock } from '../testing/index.js'

let clock: VirtualClock
beforeEach(() => {
  clock = virtualClock()
  clock.install()
})
afterEach(() => {
  clock[Symbol.dispose]()
})

/** A policy of the user's: it notes what passes. */
function witness(seen: unknown[]): Layer {
  return {
    name: 'witness',
    async execute(operation, options) {
      seen.push(['in', options?.key])
      try {
        const value = await operation()
        seen.push(['out', value])
        return value
      } catch (error) {
        seen.push(['failed', (error as Error).message])
        throw error
      }
    },
  }
}

describe('a layer of the user', () => {
  it('calls what stands further in, and is called by what stands further out', async () => {
    const seen: unknown[] = []
    const call = pipeline(
      retry({ attempts: 2, backoff: constant({ ms: 0 }) }),
      witness(seen),
      timeout({ ms: 100 }),
    )
    const operation = ({ attempt }: { attempt: number }) => {
      if (attempt === 1) throw new Error('first')
      return `try ${attempt}`
    }
    expect(await call.execute(operation, { key: 'book' })).toBe('try 2')
    expect(seen).toEqual([
      ['in', 'book'],
      ['failed', 'first'],
      ['in', 'book'],
      ['out', 'try 2'],
    ])
  })

  it('may answer without a call, call twice, and give a context of its own', async () => {
    const twice: Layer<'nobody home'> = {
      name: 'twice',
      async execute(operation, options) {
        if (options?.priority === -1) return 'nobody home'
        await operation({ attempt: 7, deadline: Infinity, signal: new AbortController().signal })
        return await operation()
      },
    }
    const call = pipeline(twice, timeout({ ms: 100 }))
    const attempts: number[] = []
    const operation = ({ attempt }: { attempt: number }) => attempts.push(attempt)
    expect(await call.execute(operation)).toBe(2)
    expect(attempts).toEqual([7, 1])
    expect(await call.execute(operation, { priority: -1 })).toBe('nobody home')
  })

  it('keeps what an end means: a refusal further in counts as nothing further out, a fallback is told', async () => {
    const breaker = circuitBreaker({ consecutiveFailures: 1 })
    const slots = bulkhead({ concurrency: 1 })
    const call = pipeline(breaker, witness([]), slots)
    const hung = call.outcome(() => new Promise(() => {}))
    await clock.advance(0)
    expect(await call.outcome(() => 'second')).toMatchObject({ reason: 'refusal' })
    expect(breaker.state).toBe('closed')
    void hung
    const answered = pipeline(witness([]), fallback({ value: 'instead' }))
    expect(await answered.outcome(() => Promise.reject(new Error('down')))).toEqual({
      ok: true,
      value: 'instead',
      fallback: true,
    })
  })

  it('ends with its call: a time limit further out settles at once and tells what runs further in', async () => {
    const seen: unknown[] = []
    const stops: unknown[] = []
    const slots = bulkhead({ concurrency: 1 })
    const call = pipeline(timeout({ ms: 50 }), slots, witness(seen))
    let end = (): void => {}
    const outcome = call.outcome(({ signal }) => {
      signal.addEventListener('abort', () => stops.push((signal.reason as { code: string }).code))
      return new Promise<void>((resolve) => (end = resolve))
    })
    await clock.advance(50)
    expect(await outcome).toMatchObject({ ok: false, error: { code: 'WT_TIMEOUT' } })
    expect([stops, slots.running]).toEqual([['WT_TIMEOUT'], 1])
    end()
    await clock.advance(0)
    expect(slots.running).toBe(0)
  })

  it('is told when its caller has gone, and runs nothing more', async () => {
    const caller = new AbortController()
    const told: unknown[] = []
    const patient: Layer = {
      name: 'patient',
      async execute(operation, options) {
        options?.signal?.addEventListener('abort', () => told.push(options.signal?.reason))
        await new Promise((resolve) => clock.setTimer(100, () => resolve(undefined)))
        return await operation()
      },
    }
    let runs = 0
    const outcome = pipeline(patient, timeout({ ms: 10 })).outcome(() => (runs += 1), {
      signal: caller.signal,
    })
    await clock.advance(10)
    caller.abort('gone')
    expect(await outcome).toEqual({ ok: false, error: 'gone', reason: 'abort' })
    await clock.advance(200)
    expect([told, runs]).toEqual([['gone'], 0])
  })

  it('hands on the events of a policy that stands for another, and its state', async () => {
    const inner = circuitBreaker({ consecutiveFailures: 1 })
    // As whoever swaps its policies while it is listened to would do it.
    const relay: Policy = {
      name: 'relay',
      execute: (operation, options) => inner.execute(operation, options),
      outcome: (operation, options) => inner.outcome(operation, options),
      on: (type, listener) => inner.on(type, listener),
      snapshot: () => inner.snapshot(),
      restore: (snapshot) => inner.restore(snapshot),
    }
    const call = pipeline(relay, timeout({ ms: 100 }))
    const recorder = recordEvents(call, ['state', 'failure'])
    await call.outcome(() => Promise.reject(new Error('down')))
    expect(recorder.types()).toEqual(['state', 'failure'])
    const restored = circuitBreaker({ consecutiveFailures: 1 })
    pipeline(restored, timeout({ ms: 100 }))
    expect(call.snapshot()).toMatchObject({
      state: [{ policy: 'relay', state: { policy: 'circuit-breaker' } }, {}],
    })
  })

  it('is refused when it cannot be called', () => {
    expect(() => pipeline({ name: 'nothing' } as never)).toThrow(
      'cannot create pipeline: argument 1 must be a policy with a name and an execute, got object',
    )
  })
})
