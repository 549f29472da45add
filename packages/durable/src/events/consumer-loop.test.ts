import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ConsumerLoop, type LoopOptions } from './consumer-loop.js'
import { EndedGroupError } from './errors.js'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A loop whose rounds deal with what lies there; `handled` has what each of them found. */
function loopOver(options: Partial<LoopOptions>) {
  const handled: number[] = []
  const waiting = { events: 0 }
  const loop = new ConsumerLoop(
    {
      round: async () => {
        const count = waiting.events
        waiting.events = 0
        if (count > 0) handled.push(count)
        return count
      },
      renew: async () => {},
      leave: async () => {},
    },
    { pollMs: 1_000, leaseMs: 15_000, onError: () => {}, ...options },
  )
  const publish = () => {
    waiting.events += 1
    loop.wake()
  }
  return { loop, handled, publish }
}

const passed = (ms: number) => vi.advanceTimersByTimeAsync(ms)

test('the first event is dealt with at once, those that follow gather and share a batch', async () => {
  const { loop, handled, publish } = loopOver({ lingerMs: 200 })
  loop.start()
  await passed(50)
  publish()
  await passed(0)
  expect(handled).toEqual([1])
  for (const _ of [1, 2, 3]) {
    await passed(50)
    publish()
  }
  expect(handled).toEqual([1])
  await passed(50)
  expect(handled).toEqual([1, 3])
  await loop.close(1_000)
})

test('somebody who waits for what has gathered does not wait until it is due', async () => {
  const { loop, handled, publish } = loopOver({ lingerMs: 200 })
  loop.start()
  publish()
  await passed(0)
  publish()
  await passed(10)
  expect(handled).toEqual([1])
  loop.hurry()
  await passed(0)
  expect(handled).toEqual([1, 1])
  await loop.close(1_000)
})

test('a batch that was full is followed at once, so that a backlog is worked off as fast as it goes', async () => {
  const { loop, handled, publish } = loopOver({ lingerMs: 200, lingerBelow: 2 })
  for (const _ of [1, 2]) publish()
  loop.start()
  await passed(0)
  publish()
  await passed(0)
  expect(handled).toEqual([2, 1])
  await loop.close(1_000)
})

test('a loop that is closed while events gather ends without waiting for them', async () => {
  const { loop, publish } = loopOver({ lingerMs: 60_000 })
  loop.start()
  publish()
  await passed(0)
  await loop.close(1_000)
  expect(vi.getTimerCount()).toBe(0)
})

test('a loop whose group was ended for good leaves it, has no timer left and tells nobody of an error', async () => {
  const heard: unknown[] = []
  let left = 0
  const loop = new ConsumerLoop(
    {
      round: () => Promise.reject(new EndedGroupError('ended')),
      renew: async () => {},
      leave: async () => void (left += 1),
    },
    { pollMs: 1_000, leaseMs: 15_000, onError: (error) => heard.push(error) },
  )
  loop.start()
  await passed(60_000)
  expect([left, heard, vi.getTimerCount()]).toEqual([1, [], 0])
  await loop.close(1_000)
})
