import { describe, expect, it } from 'vitest'
import { WarmUp } from './warm-up.js'

const ENDPOINTS = ['a', 'b', 'c']
const ALL = [0, 1, 2]

function warmingUp(durationMs: number, ...names: string[]): WarmUp<string> {
  const warmUp = new WarmUp<string>()
  warmUp.reconfigure(durationMs)
  for (const name of names) warmUp.begin(name)
  return warmUp
}

/** Of a thousand choices, how many have this endpoint among those that may be taken: by draws that are spread evenly. */
function timesIn(warmUp: WarmUp<string>, index: number, now: number): number {
  const draws = Array.from({ length: 1_000 }, (_, number) => (number + 0.5) / 1_000)
  return draws.filter((draw) => warmUp.thin(ALL, ENDPOINTS, now, () => draw).includes(index)).length
}

describe('an endpoint that warms up', () => {
  it('has a tenth of its share at first, then as much as has passed of its time', () => {
    const warmUp = warmingUp(10_000, 'c')
    const shares = [1_000, 1_500, 3_500, 6_000, 10_999, 11_000].map((now) => warmUp.share('c', now))
    expect(shares).toEqual([0.1, 0.1, 0.25, 0.5, 0.9999, 1])
  })

  it('is among those that may be chosen as often as that', () => {
    const warmUp = warmingUp(10_000, 'c')
    const times = [0, 5_000, 10_000].map((now) => timesIn(warmUp, 2, now))
    expect(times).toEqual([100, 500, 1_000])
  })

  it('takes nothing from the others, which may be chosen each time', () => {
    expect(timesIn(warmingUp(10_000, 'c'), 0, 0)).toBe(1_000)
  })

  it('begins with the first choice, however long it has stood there before', () => {
    const warmUp = warmingUp(10_000, 'c')
    expect([warmUp.share('c', 60_000), warmUp.share('c', 65_000)]).toEqual([0.1, 0.5])
  })

  it('begins anew when it has been away again', () => {
    const warmUp = warmingUp(10_000, 'c')
    warmUp.share('c', 0)
    warmUp.begin('c')
    expect(warmUp.share('c', 9_000)).toBe(0.1)
  })
})

describe('endpoints that warm up together', () => {
  it('are held back by nothing where all of them are new', () => {
    const warmUp = warmingUp(10_000, 'a', 'b', 'c')
    expect(ALL.map((index) => timesIn(warmUp, index, 0))).toEqual([1_000, 1_000, 1_000])
  })

  it('are measured by the one that has come furthest', () => {
    const warmUp = warmingUp(10_000, 'a', 'b')
    warmUp.share('a', 0)
    warmUp.share('b', 3_000)
    const two = (now: number): number[] =>
      [0, 1].map((index) => {
        const draws = Array.from({ length: 1_000 }, (_, number) => (number + 0.5) / 1_000)
        return draws.filter((draw) => warmUp.thin([0, 1], ENDPOINTS, now, () => draw).includes(index)).length
      })
    expect(two(5_000)).toEqual([1_000, 400])
  })

  it('leave always one that may be chosen', () => {
    expect(warmingUp(10_000, 'c').thin([2], ENDPOINTS, 0, () => 0.99)).toEqual([2])
  })
})

describe('without a warm-up', () => {
  it('an endpoint that joins has its full share', () => {
    expect(timesIn(warmingUp(0, 'c'), 2, 0)).toBe(1_000)
  })

  it('those that were warming up have it from then on', () => {
    const warmUp = warmingUp(10_000, 'c')
    warmUp.reconfigure(0)
    expect(timesIn(warmUp, 2, 0)).toBe(1_000)
  })

  it('one that is gone is forgotten', () => {
    const warmUp = warmingUp(10_000, 'c')
    warmUp.forget('c')
    expect(warmUp.share('c', 0)).toBe(1)
  })
})
