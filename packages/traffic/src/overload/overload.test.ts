import { expect, it } from 'vitest'
import { Overload, type OverloadOptions } from './overload.js'
import type { ProcessLoad } from './process-load.js'

const idle: ProcessLoad = { eventLoopDelayMs: 1, eventLoopUtilization: 0.1, heapUsed: 0.2, rssBytes: 1e8 }

/** A process in a time of its own, that bears whatever the test says. */
class Scene {
  load: ProcessLoad = idle
  now: number = 0
  samples: number = 0
  readonly overload: Overload

  constructor(options: OverloadOptions = {}) {
    const probe = (): ProcessLoad => {
      this.samples += 1
      return this.load
    }
    this.overload = new Overload(options, probe, 0)
  }

  /** One sample's time of requests, of each of these priorities so many; answers how many of each were shed. */
  turn(counts: Readonly<Record<string, number>>): Record<string, number> {
    const shed: Record<string, number> = {}
    const requests = Object.entries(counts).flatMap(([priority, count]) =>
      Array<number>(count).fill(+priority),
    )
    for (const [index, priority] of requests.entries()) {
      const at = this.now + (500 * index) / requests.length
      if (this.overload.sheds(priority, at)) shed[priority] = (shed[priority] ?? 0) + 1
    }
    this.now += 500
    return shed
  }

  bear(load: Partial<ProcessLoad>): void {
    this.load = { ...idle, ...load }
  }
}

it('sheds nothing while the process bears its load, and looks twice a second', () => {
  const scene = new Scene()
  for (let turn = 0; turn < 10; turn += 1) expect(scene.turn({ 0: 100 })).toEqual({})
  expect([scene.samples, scene.overload.admitted]).toEqual([9, 1])
})

it('sheds the unimportant first, and of the priority where the share ends every so-manieth', () => {
  const scene = new Scene()
  scene.turn({ '-10': 20, 0: 60, 50: 20 })
  scene.bear({ eventLoopDelayMs: 400 })
  expect(scene.turn({ '-10': 20, 0: 60, 50: 20 })).toEqual({ '-10': 20, 0: 30 })
  const { '-10': all, 0: most } = scene.turn({ '-10': 20, 0: 60, 50: 20 })
  expect([all, [54, 55].includes(most ?? 0)]).toEqual([20, true])
})

it.each([
  ['the event loop is late', {}, { eventLoopDelayMs: 101 }],
  ['the heap is nearly full', {}, { heapUsed: 0.91 }],
  ['the event loop never rests', { eventLoopUtilization: 0.98 }, { eventLoopUtilization: 1 }],
  ['the process holds too much memory', { rssBytes: 1e9 }, { rssBytes: 1.1e9 }],
])('sheds while %s', (_, options, load) => {
  const scene = new Scene(options)
  scene.turn({ 0: 100 })
  scene.bear(load)
  expect(scene.turn({ 0: 100 })['0']).toBeGreaterThanOrEqual(9)
})

it('heeds no limit that nobody has set, nor one that is Infinity', () => {
  const scene = new Scene({ eventLoopDelayMs: Infinity, heapUsed: Infinity })
  scene.turn({ 0: 100 })
  scene.bear({ eventLoopDelayMs: 9_000, eventLoopUtilization: 1, heapUsed: 1, rssBytes: 1e12 })
  expect(scene.turn({ 0: 100 })).toEqual({})
})

it('takes what could not be measured for nothing', () => {
  const scene = new Scene()
  scene.turn({ 0: 100 })
  scene.bear({ eventLoopDelayMs: Number.NaN, heapUsed: Number.NaN })
  expect(scene.turn({ 0: 100 })).toEqual({})
  expect(scene.overload.pressure('eventLoopDelayMs')).toBe(0)
})

it('changes nothing between calm and limit, so that it does not flap', () => {
  const scene = new Scene()
  scene.turn({ 0: 100 })
  scene.bear({ eventLoopDelayMs: 200 })
  scene.turn({ 0: 100 })
  scene.bear({ eventLoopDelayMs: 90 })
  const shed = Array.from({ length: 10 }, () => scene.turn({ 0: 100 })['0'])
  expect(new Set(shed)).toEqual(new Set([50]))
  scene.bear({ eventLoopDelayMs: 70 })
  const back = Array.from({ length: 6 }, () => scene.turn({ 0: 100 })['0'] ?? 0)
  expect(back).toEqual([40, 30, 20, 10, 0, 0])
})

it('settles near what the process can bear, twice as much of which comes', () => {
  const scene = new Scene()
  let least = Infinity
  let most = 0
  for (let turn = 0; turn < 200; turn += 1) {
    const admitted = 100 - (scene.turn({ 0: 100 })['0'] ?? 0)
    // Fifty requests in half a second are what the loop can do; each one more delays it further.
    scene.bear({ eventLoopDelayMs: Math.max(1, (admitted - 50) * 10 + 50) })
    if (turn < 20) continue
    least = Math.min(least, admitted)
    most = Math.max(most, admitted)
  }
  expect(least).toBeGreaterThanOrEqual(30)
  expect(most).toBeLessThanOrEqual(62)
})

it('lets one in fifty in however bad it is, and everybody after it was left alone for a while', () => {
  const scene = new Scene()
  scene.turn({ 0: 100 })
  scene.bear({ eventLoopDelayMs: 60_000 })
  for (let turn = 0; turn < 20; turn += 1) scene.turn({ 0: 100 })
  expect(scene.turn({ 0: 100 })).toEqual({ 0: 98 })
  expect(scene.overload.shed).toBeGreaterThan(1_000)
  scene.bear({})
  scene.now += 10_000
  expect(scene.turn({ 0: 100 })).toEqual({})
})

it('sheds at a limit already, counts what it sheds, and gives back below four fifths of it', () => {
  const scene = new Scene()
  scene.turn({ 0: 100 })
  scene.bear({ eventLoopDelayMs: 100 })
  const shed = scene.turn({ 0: 100 })['0'] ?? 0
  expect([shed >= 9, scene.overload.shed]).toEqual([true, shed])
  scene.bear({ eventLoopDelayMs: 80 })
  const more = scene.turn({ 0: 100 })['0'] ?? 0
  expect([more >= 9, scene.overload.shed]).toEqual([true, shed + more])
  scene.bear({ eventLoopDelayMs: 79 })
  expect(scene.turn({ 0: 100 })).toEqual({})
})

it('takes a priority that is none for the ordinary one, and one out of range for the nearest', () => {
  const scene = new Scene()
  scene.turn({ '-1e9': 10, NaN: 80, 1e9: 10 })
  scene.bear({ eventLoopDelayMs: 1_000 })
  expect(scene.turn({ '-1e9': 10, NaN: 80, 1e9: 10 })).toEqual({ '-1000000000': 10, NaN: 40 })
})
