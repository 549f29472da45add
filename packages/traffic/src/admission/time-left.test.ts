import { expect, it } from 'vitest'
import { Route } from '../operations/route-table.js'
import { TimeLeft, type TimeLeftOptions } from './time-left.js'

/** One route under a `TimeLeft`, in a time of its own. */
class Scene {
  readonly route: Route = new Route('GET /slow')
  readonly #timeLeft: TimeLeft
  now: number = 0

  constructor(durationsMs: readonly number[] = [], options: TimeLeftOptions = {}) {
    this.#timeLeft = new TimeLeft(options)
    for (const durationMs of durationsMs) this.record(durationMs)
    // A late request runs now and then: this is the one.
    this.judge(0.5 + (options.minimumMs ?? 1))
  }

  record(durationMs: number): void {
    this.#timeLeft.record(this.route, durationMs, this.now)
  }

  judge(remainingMs: number, route: Route | undefined = this.route): string | undefined {
    return this.#timeLeft.judge(route, remainingMs, this.now)
  }

  /** Requests at an even rate, each of whose callers waits for `remainingMs`: answers how many were run. */
  play(forMs: number, perSecond: number, remainingMs: number, durationMs: number): number {
    const endsAt = this.now + forMs
    let run = 0
    for (; this.now < endsAt; this.now += 1_000 / perSecond) {
      if (this.judge(remainingMs) !== undefined) continue
      run += 1
      this.record(Math.min(durationMs, remainingMs))
    }
    return run
  }
}

const slow = Array.from({ length: 100 }, () => 100)

it('refuses who has stopped waiting, and who waits for less than a tick', () => {
  const scene = new Scene()
  expect(scene.judge(0)).toBe('expired')
  expect(scene.judge(-5)).toBe('expired')
  expect(scene.judge(0.5)).toBe('late')
  expect(scene.judge(1)).toBeUndefined()
  expect(new Scene([], { minimumMs: 20 }).judge(19)).toBe('late')
})

it('refuses what the latest requests of the route could hardly do in the time left', () => {
  const scene = new Scene(slow)
  expect(scene.judge(50)).toBe('late')
  expect(scene.judge(150)).toBeUndefined()
  expect(scene.judge(Infinity)).toBeUndefined()
  expect(scene.judge(50, new Route('GET /other'))).toBeUndefined()
})

it('lets pass what one in ten requests manages', () => {
  const mixed = Array.from({ length: 100 }, (_, index) => (index % 5 === 0 ? 10 : 1_000))
  expect(new Scene(mixed).judge(20)).toBeUndefined()
  expect(new Scene(mixed, { minimumSuccessShare: 0.5 }).judge(20)).toBe('late')
})

it('judges nothing by durations before it has seen enough, or when told not to', () => {
  expect(new Scene(slow.slice(0, 49)).judge(1)).toBeUndefined()
  expect(new Scene(slow.slice(0, 50)).judge(1)).toBe('late')
  expect(new Scene(slow, { minimumSuccessShare: 0 }).judge(1)).toBeUndefined()
})

it('forgets in time, whether requests come or not', () => {
  const scene = new Scene(slow)
  scene.now = 9_000
  expect([scene.judge(50), scene.judge(50)]).toEqual([undefined, 'late'])
  scene.now = 10_000
  expect([scene.judge(50), scene.judge(50)]).toEqual([undefined, undefined])
  const idle = new Scene(slow)
  idle.now = 3_600_000
  expect([idle.judge(50), idle.judge(50)]).toEqual([undefined, undefined])
})

it('runs one in sixteen late requests, and one every quarter of a second', () => {
  const busy = new Scene(slow)
  expect(Array.from({ length: 32 }, () => busy.judge(50)).filter((refusal) => refusal === undefined)).toEqual(
    Array(2).fill(undefined),
  )
  const quiet = new Scene(slow)
  quiet.now = 249
  expect(quiet.judge(50)).toBe('late')
  quiet.now = 250
  expect([quiet.judge(50), quiet.judge(50)]).toEqual([undefined, 'late'])
})

it.each([2, 20, 200, 2_000])(
  'serves a route again seconds after it has become fast, at %i requests a second',
  (perSecond) => {
    const scene = new Scene()
    scene.play(60_000, 200, 50, 400)
    const refusedWhileSlow = 2_000 - scene.play(10_000, 200, 50, 400)
    expect(refusedWhileSlow).toBeGreaterThan(1_000)
    scene.play(10_000, perSecond, 50, 2)
    expect(scene.play(10_000, perSecond, 50, 2)).toBe(10 * perSecond)
  },
)

it('begins a period with what is recorded in it, whoever asks or does not', () => {
  const scene = new Scene(slow, { minimumSuccessShare: 0.5 })
  scene.now = 6_000
  for (let request = 0; request < 60; request++) scene.record(2)
  expect([scene.judge(50), scene.judge(50)]).toEqual([undefined, undefined])
})

it('looks at the durations anew after every thirty-two', () => {
  const scene = new Scene(Array<number>(50).fill(10), { minimumSuccessShare: 0.9 })
  for (let request = 0; request < 31; request++) scene.record(1_000)
  expect([scene.judge(100), scene.judge(100)]).toEqual([undefined, undefined])
  scene.record(1_000)
  scene.judge(100)
  expect(scene.judge(100)).toBe('late')
})
