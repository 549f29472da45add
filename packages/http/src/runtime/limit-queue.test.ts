import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ExpiryEntry } from '@watertight/policy/decisions'
import { virtualClock } from '@watertight/policy/testing'
import { type LimitQueue, limitQueue } from './limit-queue.js'

let immediates: (() => void)[] = []

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  vi.stubGlobal('setImmediate', (callback: () => void) => immediates.push(callback))
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** Lets time pass as the loop of Node does: the timers of a moment, and then what is to follow them. */
function pass(ms: number): void {
  for (let passed = 0; passed < ms; passed++) {
    vi.advanceTimersByTime(1)
    const due = immediates
    immediates = []
    for (const callback of due) callback()
  }
}

class Entry extends ExpiryEntry {
  readonly name: string
  readonly log: string[]
  onExpiry: (() => void) | undefined

  constructor(name: string, log: string[], onExpiry?: () => void) {
    super()
    this.name = name
    this.log = log
    this.onExpiry = onExpiry
  }

  override expire(limitMs: number): void {
    this.log.push(`${this.name} after ${limitMs} at ${Math.round(performance.now() - start)}`)
    this.onExpiry?.()
  }
}

let start = 0
const now = (): number => performance.now()

function queueOf(limitMs: number): LimitQueue {
  start = now()
  return limitQueue(limitMs)!
}

it('ends each wait in its turn, with one timer', () => {
  const log: string[] = []
  const queue = queueOf(100)
  queue.add(new Entry('a', log), now())
  pass(40)
  queue.add(new Entry('b', log), now())
  expect(vi.getTimerCount()).toBe(1)
  pass(200)
  expect(log).toEqual(['a after 100 at 100', 'b after 100 at 140'])
  expect(vi.getTimerCount()).toBe(0)
})

it('forgets what has ended, wherever it stood', () => {
  const log: string[] = []
  const queue = queueOf(100)
  const entries = ['a', 'b', 'c', 'd'].map((name) => new Entry(name, log))
  for (const entry of entries) queue.add(entry, now())
  for (const index of [1, 0, 3]) entries[index]!.end()
  entries[1]!.end()
  pass(100)
  expect(log).toEqual(['c after 100 at 100'])
})

it('begins anew when an entry is added again', () => {
  const log: string[] = []
  const queue = queueOf(100)
  const entry = new Entry('a', log)
  queue.add(entry, now())
  pass(60)
  entry.end()
  queue.add(entry, now())
  pass(99)
  expect(log).toEqual([])
  pass(1)
  expect(log).toEqual(['a after 100 at 160'])
})

it('takes what is added while it ends others', () => {
  const log: string[] = []
  const queue = queueOf(50)
  const second = new Entry('second', log)
  queue.add(new Entry('first', log, () => queue.add(second, now())), now())
  pass(100)
  expect(log).toEqual(['first after 50 at 50', 'second after 50 at 100'])
})

it('is none for a limit that does not exist', () => {
  expect([limitQueue(undefined), limitQueue(Infinity)]).toEqual([undefined, undefined])
  expect(limitQueue(5)?.durationMs).toBe(5)
})

it('lets what has come in meanwhile be read first', () => {
  const log: string[] = []
  const queue = queueOf(50)
  const [answered, silent] = [new Entry('answered', log), new Entry('silent', log)]
  queue.add(answered, now())
  queue.add(silent, now())
  // As the answer of a callee that is read in the turn of the loop in which its time is up.
  setTimeout(() => answered.end(), 50)
  pass(60)
  expect(log).toEqual(['silent after 50 at 50'])
})

it('goes by the clock of a test, although it is older and has waits of its own', async () => {
  const log: string[] = []
  const queue = queueOf(50)
  queue.add(new Entry('real', log), now())
  using clock = virtualClock()
  clock.install()
  queue.add(new Entry('virtual', log), clock.now())
  await clock.advance(50)
  expect(log).toEqual(['virtual after 50 at 0'])
  pass(50)
  expect(log).toEqual(['virtual after 50 at 0', 'real after 50 at 50'])
})
