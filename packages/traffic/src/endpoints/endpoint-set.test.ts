import { describe, expect, it } from 'vitest'
import type { EjectionOptions } from '../ejection/outlier-ejection.js'
import { EndpointSet, type Target } from './endpoint-set.js'

function setOf(names: readonly string[], ejection?: EjectionOptions): EndpointSet<Target> {
  const set = new EndpointSet<Target>({ name: 'up', balance: 'round-robin', ejection, random: () => 0 })
  place(set, names)
  return set
}

function place(set: EndpointSet<Target>, names: readonly string[]): void {
  set.replace(
    names.map((origin) => ({ origin })),
    ({ origin }, index) => ({ origin, index, active: 0, full: false }),
  )
}

/** Those that ten requests go to. */
function used(set: EndpointSet<Target>): string[] {
  const chosen = Array.from({ length: 10 }, () => set.pick(0, undefined, undefined).origin)
  return [...new Set(chosen)].toSorted()
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
    const [a, b, c] = set.all as [Target, Target, Target]
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
