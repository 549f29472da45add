import { aimd } from '@watertight/policy'
import { seededRandom, virtualClock } from '@watertight/policy/testing'
import { expect, it } from 'vitest'
import { Shedding, type SlotSeeker } from './shedding.js'

const random = seededRandom(5)
const fixed = { algorithm: () => ({ update: (limit: number) => limit }), initialLimit: 1 }

function seekers(): { log: string[]; seeker: (name: string) => SlotSeeker } {
  const log: string[] = []
  const seeker = (name: string): SlotSeeker => ({
    granted: (permit) => log.push(`${name} granted ${permit}`),
    shed: () => log.push(`${name} shed`),
  })
  return { log, seeker }
}

it('grants, queues and sheds, the important first', async () => {
  const clock = virtualClock()
  const shedding = new Shedding({ ...fixed, queue: 2 }, clock, random)
  const { log, seeker } = seekers()
  shedding.seek(seeker('a'), clock.now(), 0, Infinity)
  shedding.seek(seeker('b'), clock.now(), 0, Infinity)
  shedding.seek(seeker('c'), clock.now(), 1, Infinity)
  shedding.seek(seeker('d'), clock.now(), 2, Infinity)
  shedding.seek(seeker('e'), clock.now(), -1, Infinity)
  expect([log, shedding.queued]).toEqual([['a granted 1', 'b shed', 'e shed'], 2])
  shedding.settle(1, clock.now(), 'success', 5)
  shedding.settle(1, clock.now(), 'success', 5)
  expect(log.slice(3)).toEqual(['d granted 1', 'c granted 1'])
  await clock.runAll()
  expect(log.length).toBe(5)
})

it('lets nobody wait longer than the interval, nor than the caller', async () => {
  const clock = virtualClock()
  const shedding = new Shedding({ ...fixed, intervalMs: 100 }, clock, random)
  const { log, seeker } = seekers()
  shedding.seek(seeker('a'), clock.now(), 0, Infinity)
  shedding.seek(seeker('patient'), clock.now(), 0, Infinity)
  shedding.seek(seeker('hasty'), clock.now(), 0, 30)
  await clock.advance(30)
  expect(log.slice(1)).toEqual(['hasty shed'])
  await clock.advance(70)
  expect(log.slice(1)).toEqual(['hasty shed', 'patient shed'])
  expect([shedding.queued, clock.pending]).toEqual([0, 0])
})

it('forgets who gives up waiting', () => {
  const clock = virtualClock()
  const shedding = new Shedding(fixed, clock, random)
  const { log, seeker } = seekers()
  shedding.seek(seeker('a'), clock.now(), 0, Infinity)
  shedding.seek(seeker('b'), clock.now(), 0, Infinity)?.()
  shedding.settle(1, clock.now(), 'ignored', 0)
  expect([log, shedding.queued, clock.pending]).toEqual([['a granted 1'], 0, 0])
})

it('sheds the unimportant while twice as much comes as can be done, at a limit that it finds', async () => {
  const clock = virtualClock()
  const algorithm = aimd({ timeoutMs: 40 })
  const shedding = new Shedding({ algorithm, initialLimit: 100, maxLimit: 200, queue: 50 }, clock, random)
  const served = { important: 0, other: 0 }
  let running = 0
  const request = (kind: keyof typeof served): SlotSeeker => ({
    granted: (permit) => {
      running += 1
      // Ten at once take 20 ms each; more than that share what there is.
      const durationMs = 40 * random() * Math.max(1, running / 10)
      clock.setTimer(durationMs, () => {
        running -= 1
        served[kind] += 1
        shedding.settle(permit, clock.now(), 'success', durationMs)
      })
    },
    shed: () => undefined,
  })
  /** A thousand requests a second, one in four of them important. */
  const arrive = async (forMs: number): Promise<void> => {
    for (let ms = 0; ms < forMs; ms += 1) {
      const kind = ms % 4 === 0 ? 'important' : 'other'
      shedding.seek(request(kind), clock.now(), kind === 'important' ? 5 : 0, 1_000)
      await clock.advance(1)
    }
  }
  await arrive(2_000)
  Object.assign(served, { important: 0, other: 0 })
  await arrive(4_000)
  expect(served.important / 1_000).toBeGreaterThan(0.99)
  expect(served.other / 3_000).toBeLessThan(0.4)
  expect((served.important + served.other) / 2_000, 'of what can be done').toBeGreaterThan(0.95)
  expect(shedding.limit).toBeLessThan(30)
})
