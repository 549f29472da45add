import { seededRandom } from '@watertight/policy/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Loads } from './balancer.js'
import { betterOfTwo } from './better-of-two.js'
import { balanceNames, createBalancer } from './create-balancer.js'
import { hashText } from './hash-text.js'
import { PeakEwma } from './peak-ewma.js'
import { RingHash } from './ring-hash.js'

const idle: Loads = { active: () => 0 }
const names = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `http://10.0.0.${index}`)

/** A count of endpoints and those of them that may be chosen. */
const choice = fc
  .integer({ min: 1, max: 40 })
  .chain((count) =>
    fc.tuple(fc.constant(count), fc.subarray([...Array(count).keys()], { minLength: 1, maxLength: count })),
  )

describe.each(balanceNames)('%s', (name) => {
  it('chooses only what may be chosen, whatever came before', () => {
    fc.assert(
      fc.property(choice, fc.nat(), fc.array(fc.nat(1_000)), ([count, usable], seed, latencies) => {
        const balancer = createBalancer(name)
        balancer.resize(names(count))
        const random = seededRandom(seed)
        for (const [now, latencyMs] of latencies.entries()) {
          const index = balancer.pick(usable, { active: (one) => one % 3 }, now, random)
          expect(usable).toContain(index)
          balancer.settled?.(index, now, latencyMs)
        }
      }),
    )
  })

  it('leaves nobody out when all are equal', () => {
    const balancer = createBalancer(name)
    balancer.resize(names(5))
    const random = seededRandom(7)
    const counts = [0, 0, 0, 0, 0]
    for (let call = 0; call < 5_000; call++) {
      const index = balancer.pick([0, 1, 2, 3, 4], idle, call, random)
      balancer.settled?.(index, call, 10)
      counts[index]! += 1
    }
    // A fifth each is a thousand; a ring is only as even as its points.
    for (const count of counts) expect(count).toBeGreaterThan(650)
  })

  it('is decided by its arguments alone', () => {
    const run = (): number[] => {
      const balancer = createBalancer(name)
      balancer.resize(names(7))
      const random = seededRandom(3)
      return Array.from({ length: 50 }, (_, now) => {
        const index = balancer.pick([0, 2, 3, 6], idle, now, random)
        balancer.settled?.(index, now, index * 5)
        return index
      })
    }
    expect(run()).toEqual(run())
  })
})

describe('round robin', () => {
  it('takes each in turn', () => {
    const balancer = createBalancer('round-robin')
    const picks = Array.from({ length: 6 }, (_, now) => balancer.pick([4, 7, 9], idle, now, Math.random))
    expect(picks).toEqual([4, 7, 9, 4, 7, 9])
  })
})

describe('the better of two', () => {
  /** Chooses with these draws; endpoints cost what the list says. */
  const chosen = (draws: readonly number[], costs: readonly number[]): number => {
    const left = [...draws]
    return betterOfTwo(
      [...costs.keys()],
      () => left.shift()!,
      (index) => costs[index]!,
    )
  }

  it('draws the second one from all the others', () => {
    expect([0, 0.3, 0.6, 0.99].map((draw) => chosen([0.5, draw], [1, 2, 9, 3, 4]))).toEqual([3, 4, 0, 1])
  })

  it('takes the first of two that cost the same, and one that is alone', () => {
    expect([chosen([0.5, 0], [1, 1]), chosen([0, 0], [1, 1]), chosen([0.9, 0.9], [1])]).toEqual([1, 0, 0])
  })
})

it('a text has the same hash in every process, in every version: a ring must not turn', () => {
  expect(['', 'a', 'b', 'customer-1', 'ü'].map(hashText)).toEqual([
    2872998923, 444641715, 2193908274, 3902211816, 134528209,
  ])
})

describe('least request', () => {
  it('never takes the busier of two', () => {
    const balancer = createBalancer('least-request')
    const random = seededRandom(1)
    const busy: Loads = { active: (index) => (index === 0 ? 9 : 1) }
    for (let call = 0; call < 100; call++) expect(balancer.pick([0, 1], busy, call, random)).toBe(1)
  })

  it('keeps the most loaded of ten close to the average', () => {
    const random = seededRandom(11)
    const active = Array<number>(10).fill(0)
    const balancer = createBalancer('least-request')
    for (let call = 0; call < 1_000; call++) {
      const index = balancer.pick([...active.keys()], { active: (one) => active[one]! }, call, random)
      active[index]! += 1
    }
    expect(Math.max(...active)).toBeLessThanOrEqual(103)
  })
})

describe('peak EWMA', () => {
  const measured = (): PeakEwma => {
    const balancer = new PeakEwma()
    balancer.resize(['fast', 'slow'])
    balancer.settled?.(0, 0, 10)
    balancer.settled?.(1, 0, 100)
    return balancer
  }

  it('takes the faster of two', () => {
    expect(measured().pick([0, 1], idle, 1, seededRandom(1))).toBe(0)
  })

  it('takes the slower one when the faster one is busy enough', () => {
    const loads: Loads = { active: (index) => (index === 0 ? 20 : 0) }
    expect(measured().pick([0, 1], loads, 1, seededRandom(1))).toBe(1)
  })

  it('believes a peak at once and forgets it slowly', () => {
    const balancer = measured()
    balancer.settled?.(0, 1_000, 500)
    expect(balancer.cost(0, 1_000)).toBe(500)
    balancer.settled?.(0, 2_000, 10)
    expect(balancer.cost(0, 2_000)).toBeGreaterThan(400)
    balancer.settled?.(0, 60_000, 10)
    expect(balancer.cost(0, 60_000)).toBeLessThan(15)
  })

  it('keeps what it knows of endpoints that stay', () => {
    const balancer = measured()
    balancer.resize(['new', 'slow'])
    expect([balancer.cost(0, 0), balancer.cost(1, 0)]).toEqual([0, 100])
  })
})

describe('ring hash', () => {
  const owners = (count: number, keys: readonly string[], usable = [...Array(count).keys()]): number[] => {
    const balancer = new RingHash()
    balancer.resize(names(count))
    return keys.map((key) => balancer.pick(usable, idle, 0, Math.random, hashText(key)))
  }
  const keys = Array.from({ length: 2_000 }, (_, number) => `customer-${number}`)

  it('sends equal keys to the same endpoint', () => {
    expect(owners(5, keys)).toEqual(owners(5, keys))
  })

  it('moves about one key in n when an endpoint joins, and only to the one that joined', () => {
    const before = owners(9, keys)
    const after = owners(10, keys)
    const moved = keys.filter((_, index) => before[index] !== after[index])
    expect(moved.length / keys.length).toBeGreaterThan(0.05)
    expect(moved.length / keys.length).toBeLessThan(0.17)
    expect(after.filter((owner, index) => owner !== before[index])).toEqual(moved.map(() => 9))
  })

  it('moves only the keys of an endpoint that may not be chosen', () => {
    const before = owners(5, keys)
    const without = owners(5, keys, [0, 1, 3, 4])
    const moved = before.filter((owner, index) => without[index] !== owner)
    expect(new Set(moved)).toEqual(new Set([2]))
  })
})
