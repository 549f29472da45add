import { afterEach, describe, expect, it, vi } from 'vitest'
import { runtime } from '../clock/runtime.js'
import { systemClock } from '../clock/system-clock.js'
import { constant } from '../retry/backoff.js'
import { retry } from '../retry/retry-options.js'
import { timeout } from '../timeout/timeout.js'
import { pipeline } from '../promise/pipeline.js'
import { recordEvents, seededRandom, virtualClock } from './index.js'

let restore = (): void => {}
afterEach(() => {
  restore()
})

describe('virtual clock', () => {
  it('runs due timers by time and then by creation, with microtasks between them', async () => {
    const clock = virtualClock({ startMs: 5 })
    const seen: string[] = []
    const mark = (name: string) => (): void => {
      seen.push(`${name}@${clock.now()}`)
      void Promise.resolve().then(() => seen.push(`${name} microtask`))
    }
    clock.setTimer(20, mark('b'))
    clock.setTimer(10, mark('a'))
    clock.setTimer(20, mark('c'))
    clock.setTimer(21, mark('late'))
    await clock.advance(20)
    expect(seen).toEqual(['a@15', 'a microtask', 'b@25', 'b microtask', 'c@25', 'c microtask'])
    expect([clock.now(), clock.pending]).toEqual([25, 1])
  })

  it('runs timers that timers and awaiting code set on the way', async () => {
    const clock = virtualClock()
    const seen: number[] = []
    const sleep = (ms: number): Promise<void> => new Promise((wake) => clock.setTimer(ms, wake))
    const loop = async (): Promise<void> => {
      for (let lap = 0; lap < 3; lap += 1) {
        for (let depth = 0; depth < 40; depth += 1) await Promise.resolve()
        await sleep(10)
        seen.push(clock.now())
      }
    }
    const done = loop()
    await clock.advance(25)
    expect(seen).toEqual([10, 20])
    await clock.runAll()
    await done
    expect(seen).toEqual([10, 20, 30])
    expect(clock.now()).toBe(30)
  })

  it('cancels timers, and takes a delay that is none as no delay', async () => {
    const clock = virtualClock()
    const fired = vi.fn<(what?: string) => void>()
    const timer = clock.setTimer(10, fired)
    timer.cancel()
    timer.cancel()
    clock.setTimer(-3, () => fired('negative'))
    clock.setTimer(Number.NaN, () => fired('not a number'))
    await clock.advance(0)
    await clock.advance(10)
    expect(fired.mock.calls).toEqual([['negative'], ['not a number']])
  })

  it('moves wall time along with monotonic time', async () => {
    const clock = virtualClock({ startMs: 100, wallStartMs: 1_000 })
    await clock.advance(7.5)
    expect([clock.now(), clock.wallNow()]).toEqual([107.5, 1_007.5])
  })

  it('refuses what it cannot do', async () => {
    const clock = virtualClock()
    await expect(clock.advance(-1)).rejects.toThrow(
      'cannot advance virtual clock: ms must be a finite number >= 0, got -1',
    )
    const first = clock.advance(1)
    await expect(clock.advance(1)).rejects.toThrow('it is being moved already')
    await first
    expect(() => virtualClock({ startMs: -1 })).toThrow('startMs must be a finite number >= 0, got -1')
    expect(clock.now()).toBe(1)
  })

  it('steers policies while installed and gives time back afterwards', async () => {
    {
      const clock = virtualClock()
      const random = seededRandom(1)
      restore = clock.install(random)
      expect([runtime.clock, runtime.random]).toEqual([clock, random])
      const outcome = timeout({ ms: 1_000 }).outcome(() => new Promise(() => {}))
      await clock.advance(999)
      expect(clock.pending).toBe(1)
      await clock.advance(1)
      expect(await outcome).toMatchObject({ ok: false, error: { code: 'WT_TIMEOUT' } })
      clock[Symbol.dispose]()
    }
    expect(runtime.clock).toBe(systemClock)
  })
})

describe('seeded random', () => {
  it('repeats itself for one seed, differs for others, and is uniform', () => {
    const draw = (seed: number): number[] => {
      const random = seededRandom(seed)
      return Array.from({ length: 10_000 }, () => random())
    }
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
    const numbers = draw(0)
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...numbers)).toBeLessThan(1)
    expect(numbers.reduce((sum, one) => sum + one, 0) / numbers.length).toBeCloseTo(0.5, 1)
    expect(seededRandom(7).seed).toBe(7)
    expect(() => seededRandom(-1)).toThrow('seed must be an integer from 0 to 4294967295, got -1')
  })
})

describe('event recorder', () => {
  it('records every policy of a pipeline, until stopped', async () => {
    const call = pipeline(retry({ attempts: 2, backoff: constant({ ms: 0 }) }), timeout({ ms: 1_000 }))
    const recorder = recordEvents(call)
    await call.execute(({ attempt }) => (attempt === 1 ? Promise.reject(new Error('first')) : 'second'))
    expect(recorder.types()).toEqual(['retry', 'success'])
    expect(recorder.events[0]).toMatchObject({ type: 'retry', policy: 'retry', attempt: 1, delayMs: 0 })
    recorder.clear()
    expect(recorder.events).toEqual([])
    recorder.stop()
    await call.execute(() => 'more')
    expect(recorder.events).toEqual([])
  })

  it('records chosen types, up to its bound', async () => {
    const call = timeout({ ms: 1_000 })
    const recorder = recordEvents(call, ['success'])
    await call.outcome(() => Promise.reject(new Error('no')))
    for (let index = 0; index < 10_001; index += 1) await call.execute(() => index)
    expect([recorder.types()[0], recorder.events.length, recorder.dropped]).toEqual(['success', 10_000, 1])
    expect(() => recordEvents(call, ['nothing' as 'success'])).toThrow("got 'nothing'")
  })
})
