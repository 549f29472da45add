import { describe, expect, it } from 'vitest'
import { hashText } from '../balance/hash-text.js'
import { type EndpointRules, EndpointSet, type Target } from './endpoint-set.js'

function place(set: EndpointSet<Target>, names: readonly string[]): void {
  set.replace(
    names.map((origin) => ({ origin })),
    ({ origin }, index) => ({ origin, index, active: 0, full: false }),
  )
}

describe('endpoints that warm up', () => {
  /** Chance takes everybody in turn, so that shares are exact. */
  function warmingSet(names: readonly string[], rules: EndpointRules = {}): EndpointSet<Target> {
    let drawn = 0
    const random = (): number => (drawn++ % 100) / 100
    const set = new EndpointSet<Target>({
      balance: 'round-robin',
      warmUpMs: 10_000,
      ...rules,
      name: 'up',
      random,
    })
    place(set, names)
    return set
  }

  /** Of a thousand requests, those that come to this endpoint. */
  function requestsAt(set: EndpointSet<Target>, origin: string, now: number, hash?: number): number {
    return Array.from({ length: 1_000 }, (_, n) => set.pick(now, undefined, hash ?? hashText(`${n}`))).filter(
      (endpoint) => endpoint.origin === origin,
    ).length
  }

  it('are not the first ones, which were at work before anybody asked here', () => {
    expect(requestsAt(warmingSet(['a', 'b']), 'b', 0)).toBe(500)
  })

  it('are those that join', () => {
    const set = warmingSet(['a', 'b'])
    place(set, ['a', 'b', 'c'])
    const early = requestsAt(set, 'c', 0)
    expect(early).toBeGreaterThan(10)
    expect(early).toBeLessThan(60)
    expect(requestsAt(set, 'c', 10_000)).toBe(333)
  })

  it('are those that are healthy again', () => {
    const set = warmingSet(['a', 'b'])
    set.setHealthy(set.all[1]!, false)
    set.setHealthy(set.all[1]!, true)
    expect(requestsAt(set, 'b', 0)).toBeLessThan(100)
    expect(requestsAt(set, 'b', 10_000)).toBe(500)
  })

  it('are those that come back from an ejection', () => {
    const set = warmingSet(['a', 'b'], {
      ejection: { consecutiveFailures: 1, intervalMs: 100, baseEjectionMs: 100 },
    })
    requestsAt(set, 'a', 0)
    set.settled(set.all[1]!, 0, 1, true)
    expect(requestsAt(set, 'b', 50)).toBe(0)
    expect(requestsAt(set, 'b', 200)).toBeLessThan(100)
    expect(requestsAt(set, 'b', 10_200)).toBe(500)
  })

  it('are not those whose ejection was only reported', () => {
    const set = warmingSet(['a', 'b'], {
      ejection: { consecutiveFailures: 1, intervalMs: 100, baseEjectionMs: 100 },
    })
    set.enforcesEjection = false
    requestsAt(set, 'a', 0)
    set.settled(set.all[1]!, 0, 1, true)
    expect(requestsAt(set, 'b', 200)).toBe(500)
  })

  it('get what failed everywhere else, however new they are', () => {
    const set = warmingSet(['a', 'b'])
    place(set, ['a', 'b', 'c'])
    const [a, b] = set.all
    const chosen = Array.from({ length: 10 }, () => set.pick(0, [a!, b!], undefined).origin)
    expect(new Set(chosen)).toEqual(new Set(['c']))
  })

  it('keep on a ring each key that has come to them', () => {
    const set = warmingSet(['a', 'b'], { balance: 'ring-hash' })
    place(set, ['a', 'b', 'c'])
    const keysAt = (now: number): number[] =>
      Array.from({ length: 1_000 }, (_, key) => key).filter(
        (key) => set.pick(now, undefined, hashText(`key ${key}`)).origin === 'c',
      )
    const [early, later, last] = [0, 5_000, 10_000].map(keysAt)
    expect(early!.length).toBeGreaterThan(10)
    expect(later!.length).toBeGreaterThan(early!.length * 2)
    expect(later).toEqual(expect.arrayContaining(early!))
    expect(last).toEqual(expect.arrayContaining(later!))
    expect(keysAt(10_000)).toEqual(last)
  })

  it('that stood alone for long are not taken for new when another one joins', () => {
    const set = warmingSet(['a'])
    set.setHealthy(set.all[0]!, false)
    set.setHealthy(set.all[0]!, true)
    requestsAt(set, 'a', 0)
    place(set, ['a', 'b'])
    expect(requestsAt(set, 'b', 60_000)).toBeLessThan(100)
  })
})
