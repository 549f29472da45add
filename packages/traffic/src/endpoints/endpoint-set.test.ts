import { describe, expect, it } from 'vitest'
import type { EjectionOptions } from '../ejection/outlier-ejection.js'
import type { BalanceName } from '../balance/balancer.js'
import { EndpointSet, type Target } from './endpoint-set.js'
import { NoEndpointError } from './no-endpoint-error.js'

/** One whose load the test says. */
interface Endpoint extends Target {
  active: number
  full: boolean
}

function setOf(
  names: readonly string[],
  ejection?: EjectionOptions,
  balance: BalanceName = 'round-robin',
): EndpointSet<Endpoint> {
  const set = new EndpointSet<Endpoint>({ name: 'up', balance, ejection, random: () => 0 })
  place(set, names)
  return set
}

function place(set: EndpointSet<Endpoint>, names: readonly string[]): Endpoint[] {
  return set.replace(
    names.map((origin) => ({ origin })),
    ({ origin }, index) => ({ origin, index, active: 0, full: false }),
  )
}

/** Those that ten requests go to. */
function used(set: EndpointSet<Endpoint>, tried?: readonly Endpoint[], now: number = 0): string[] {
  const chosen = Array.from({ length: 10 }, () => set.pick(now, tried, undefined).origin)
  return [...new Set(chosen)].toSorted()
}

/** A request to the endpoint fails. */
function fail(set: EndpointSet<Endpoint>, index: number, now: number = 0): boolean {
  return set.settled(set.all[index]!, now, 1, true)
}

describe('endpoints that their checks call unhealthy', () => {
  it('are left out until they are healthy again', () => {
    const set = setOf(['a', 'b', 'c'])
    set.setHealthy(set.all[1]!, false)
    expect([used(set), set.isHealthy(set.all[1]!)]).toEqual([['a', 'c'], false])
    set.setHealthy(set.all[1]!, true)
    expect(used(set)).toEqual(['a', 'b', 'c'])
  })

  it('leave none when all are, for each of them says itself that it cannot', () => {
    const set = setOf(['a', 'b'])
    for (const endpoint of set.all) set.setHealthy(endpoint, false)
    expect(() => used(set)).toThrow('up has no endpoint: none of 2 is healthy')
    set.setHealthy(set.all[0]!, true)
    expect(used(set)).toEqual(['a'])
  })

  it('are all used in panic, when none is left', () => {
    const set = setOf(['a', 'b'], { panic: 0.1 })
    for (const endpoint of set.all) set.setHealthy(endpoint, false)
    expect(used(set)).toEqual(['a', 'b'])
  })

  it('leave those that failed calls alone have ejected, when nobody else is healthy', () => {
    const set = setOf(['a', 'b'], { consecutiveFailures: 1 })
    set.settled(set.all[0]!, 0, 1, true)
    expect(used(set)).toEqual(['b'])
    set.setHealthy(set.all[1]!, false)
    expect(used(set)).toEqual(['a'])
  })

  it('are ignored below the share of panic', () => {
    const set = setOf(['a', 'b', 'c', 'd'], { consecutiveFailures: 1, panic: 0.6 })
    set.settled(set.all[0]!, 0, 1, true)
    expect(used(set)).toEqual(['b', 'c', 'd'])
    set.setHealthy(set.all[1]!, false)
    expect(used(set)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('are ignored with ejections alone too, and only below the share', () => {
    const [calm, panicking] = [undefined, 0.5].map((panic) =>
      setOf(['a', 'b', 'c', 'd'], { consecutiveFailures: 1, maxEjected: 1, panic }),
    )
    const usedOnceFailed = (index: number): string[][] =>
      [calm!, panicking!].map((set) => {
        set.settled(set.all[index]!, 0, 1, true)
        return used(set)
      })
    usedOnceFailed(0)
    expect(usedOnceFailed(1)).toEqual([
      ['c', 'd'],
      ['c', 'd'],
    ])
    expect(usedOnceFailed(2)).toEqual([['d'], ['a', 'b', 'c', 'd']])
  })

  it('stay so at another place in the list, and are forgotten when they go', () => {
    const set = setOf(['a', 'b', 'c'])
    set.setHealthy(set.all[0]!, false)
    place(set, ['c', 'a', 'd'])
    expect(used(set)).toEqual(['c', 'd'])
    const former = set.all[1]!
    place(set, ['c', 'd'])
    set.setHealthy(former, false)
    place(set, ['a', 'c'])
    expect(used(set)).toEqual(['a', 'c'])
  })
})

describe('a request that every endpoint has failed', () => {
  it('does not go to the one that failed it last, which a restart may have taken away', () => {
    const set = setOf(['a', 'b', 'c'])
    const [a, b, c] = set.all as [Endpoint, Endpoint, Endpoint]
    for (const [latest, ...others] of [
      [a, b, c],
      [b, c, a],
      [c, a, b],
    ] as const) {
      const chosen = Array.from({ length: 6 }, () => set.pick(0, [latest, ...others], undefined))
      expect(chosen).not.toContain(latest)
      expect(new Set(chosen)).toEqual(new Set(others))
    }
  })

  it('goes on to the only endpoint that there is', () => {
    const set = setOf(['a'])
    expect(set.pick(0, [set.all[0]!], undefined).origin).toBe('a')
  })
})

it('without endpoints there is nobody to ask, and the error says of whom', () => {
  const set = setOf([])
  expect(() => set.pick(0, undefined, undefined)).toThrow(NoEndpointError)
  expect(() => set.pick(0, undefined, undefined)).toThrow('up')
})

describe('endpoints that a request has tried', () => {
  it('are avoided while there are others, even ejected ones', () => {
    const set = setOf(['a', 'b', 'c'], { consecutiveFailures: 1, maxEjected: 1 })
    const [a, b, c] = set.all as [Endpoint, Endpoint, Endpoint]
    expect(used(set, [])).toEqual(['a', 'b', 'c'])
    expect(used(set, [a])).toEqual(['b', 'c'])
    fail(set, 2)
    expect(used(set, [a])).toEqual(['b'])
    expect(used(set, [a, b])).toEqual(['c'])
    expect(used(set, [a, b, c])).toEqual(['b'])
  })
})

describe('endpoints that are full', () => {
  it('are chosen only when all are: the request then waits', () => {
    const set = setOf(['a', 'b'])
    set.all[0]!.full = true
    expect(used(set)).toEqual(['b'])
    set.all[1]!.full = true
    expect(used(set)).toEqual(['a', 'b'])
  })

  it('are passed over for one that has been tried: better that than a wait', () => {
    const set = setOf(['a', 'b', 'c'])
    const [a, b, c] = set.all as [Endpoint, Endpoint, Endpoint]
    c.full = true
    expect(used(set, [a, b])).not.toContain('c')
  })
})

describe('ejections', () => {
  it('are told with the address, leave the endpoint out, and end in time', () => {
    const told: unknown[] = []
    const set = setOf(['a', 'b'], { consecutiveFailures: 1, intervalMs: 10, baseEjectionMs: 20 })
    set.onEjection = (...change) => told.push(change)
    set.pick(0, undefined, undefined)
    expect([fail(set, 1), set.isEjected(0), set.isEjected(1)]).toEqual([true, false, true])
    expect(used(set)).toEqual(['a'])
    expect(used(set, undefined, 19)).toEqual(['a'])
    expect(used(set, undefined, 20)).toEqual(['a', 'b'])
    expect(told).toEqual([
      ['b', true],
      ['b', false],
    ])
  })

  it('end when the endpoint answers a request that was sent after them, and no other', () => {
    const set = setOf(['a', 'b'], { consecutiveFailures: 1 })
    const [a] = set.all as [Endpoint, Endpoint]
    fail(set, 0, 100)
    set.settled(a, 150, 60, false)
    expect(set.isEjected(0)).toBe(true)
    set.settled(a, 150, 60, false, 140)
    expect(set.isEjected(0)).toBe(false)
    fail(set, 0, 200)
    set.settled(a, 250, 40, false)
    expect(set.isEjected(0)).toBe(false)
  })

  it('are only told while they are observed: requests go on, and their answers prove nothing', () => {
    const set = setOf(['a', 'b'], { consecutiveFailures: 1 })
    set.enforcesEjection = false
    expect(fail(set, 0)).toBe(true)
    expect(used(set)).toEqual(['a', 'b'])
    set.settled(set.all[0]!, 50, 10, false)
    expect(set.isEjected(0)).toBe(true)
  })

  it('are not made of what has gone, nor where there are none', () => {
    const set = setOf(['a', 'b'], { consecutiveFailures: 2 })
    const [, b] = set.all as [Endpoint, Endpoint]
    expect(place(set, ['a', 'c'])).toEqual([b])
    expect([set.settled(b, 0, 1, true), set.settled(b, 0, 1, true), set.isEjected(1)]).toEqual([
      false,
      false,
      false,
    ])
    const without = setOf(['a', 'b'])
    expect([fail(without, 0), without.isEjected(0)]).toEqual([false, false])
  })

  it('can be asked for later, changed, and given up', () => {
    const set = setOf(['a', 'b'])
    set.reconfigure({ balance: 'round-robin', ejection: { consecutiveFailures: 9, maxEjected: 1 } })
    expect([fail(set, 0), fail(set, 0)]).toEqual([false, false])
    // Two failures are known already.
    set.reconfigure({
      balance: 'round-robin',
      ejection: { consecutiveFailures: 3, maxEjected: 1, panic: 0.6 },
    })
    expect(fail(set, 0)).toBe(true)
    expect(used(set)).toEqual(['a', 'b'])
    set.reconfigure({ balance: 'round-robin', ejection: { consecutiveFailures: 3, maxEjected: 1 } })
    expect(used(set)).toEqual(['b'])
    set.reconfigure({ balance: 'round-robin' })
    expect([used(set), set.isEjected(0)]).toEqual([['a', 'b'], false])
  })
})

describe('the way to choose', () => {
  it('goes on where it was when it is set to what it is', () => {
    const set = setOf(['a', 'b', 'c'])
    set.pick(0, undefined, undefined)
    set.reconfigure({ balance: 'round-robin' })
    expect(set.pick(0, undefined, undefined).origin).toBe('b')
  })

  it('can be changed: the endpoints that there are take part in it', () => {
    const set = setOf(['a', 'b', 'c', 'd'])
    set.reconfigure({ balance: 'ring-hash' })
    const byHash = (hash: number): string => set.pick(0, undefined, hash).origin
    const hashes = Array.from({ length: 63 }, (_, index) => index * 2 ** 26)
    expect(new Set(hashes.map(byHash))).toEqual(new Set(['a', 'b', 'c', 'd']))
    expect(hashes.map(byHash)).toEqual(hashes.map(byHash))
    set.reconfigure({ balance: 'round-robin' })
    expect([0, 0].map(byHash)).toEqual(['a', 'b'])
  })

  it('knows the endpoints from the beginning', () => {
    const set = setOf(['a', 'b', 'c', 'd'], undefined, 'ring-hash')
    const hashes = Array.from({ length: 64 }, (_, index) => index * 2 ** 26)
    expect(new Set(hashes.map((hash) => set.pick(0, undefined, hash).origin)).size).toBe(4)
  })

  it('is told of the requests under way, and of how long they took', () => {
    const busy = setOf(['a', 'b'], undefined, 'least-request')
    busy.all[0]!.active = 9
    expect([busy.active(0), used(busy)]).toEqual([9, ['b']])
    const slow = setOf(['a', 'b'], undefined, 'peak-ewma')
    slow.settled(slow.all[0]!, 0, 100, false)
    slow.settled(slow.all[1]!, 0, 10, false)
    expect(used(slow)).toEqual(['b'])
  })
})

it('what a check says of an endpoint holds for it alone, and only while it is there', () => {
  const set = setOf(['a', 'b', 'c'])
  const [, b] = set.all as [Endpoint, Endpoint, Endpoint]
  set.setHealthy(b, false)
  place(set, ['a', 'c'])
  expect(set.isHealthy(b)).toBe(true)
  set.setHealthy(b, false)
  // Its place in the list is another's by now.
  expect([set.isHealthy(b), used(set)]).toEqual([true, ['a', 'c']])
})

it('an endpoint that has moved in the list is judged at its new place', () => {
  const set = setOf(['a', 'b', 'c'], { consecutiveFailures: 1 })
  const [a] = set.all as [Endpoint, Endpoint, Endpoint]
  place(set, ['b', 'c', 'a'])
  expect([set.settled(a, 0, 1, true), set.isEjected(2), used(set)]).toEqual([true, true, ['b', 'c']])
})

it('an address that is named twice is one endpoint, and is gone when it is named no more', () => {
  const set = setOf(['a', 'b', 'a'])
  expect(set.all.map(({ origin }) => origin)).toEqual(['a', 'b'])
  const gone = set.replace([{ origin: 'b' }], ({ origin }, index) => ({
    origin,
    index,
    active: 0,
    full: false,
  }))
  expect(gone.map(({ origin }) => origin)).toEqual(['a'])
})
