import { describe, expect, it } from 'vitest'
import type { ManifestDocument } from '../document/manifest-document.js'
import { buildModel } from '../model/build-model.js'
import { CallGraph } from './call-graph.js'

/** Who calls whom with how many attempts. Calls of equal attempts share one policy, as in a document that names it. */
function graphOf(calls: Record<string, Record<string, number>>): CallGraph {
  const policies = Object.fromEntries(
    [1, 2, 3, 4, 5].map((attempts) => [`p${attempts}`, { retry: { attempts } }]),
  )
  const services = Object.entries(calls).map(([name, callees]) => {
    const entries = Object.entries(callees).map(([to, attempts]) => [to, { policy: `p${attempts}` }])
    return [name, { calls: Object.fromEntries(entries) }]
  })
  const document = {
    watertight: 'v1',
    system: 's',
    policies,
    services: Object.fromEntries(services),
  } as ManifestDocument
  return new CallGraph(buildModel(document).model)
}

describe('the call graph', () => {
  it('multiplies attempts along a way and adds up the ways', () => {
    const chain = graphOf({
      order: { payment: 3, mail: 5 },
      payment: { bank: 3 },
      bank: { core: 4 },
      core: {},
      mail: {},
    })
    expect(chain.busiest('order')).toMatchObject({ at: 'core', count: 36, ways: 1 })
    expect(chain.entries).toEqual(['order'])
    const diamond = graphOf({ front: { a: 3, b: 3, c: 3 }, a: { x: 3 }, b: { x: 3 }, c: { x: 3 }, x: {} })
    const { worst, ...busiest } = diamond.busiest('front')
    expect(busiest).toEqual({ at: 'x', count: 27, ways: 3 })
    expect(worst.map(({ to }) => to)).toEqual(['a', 'x'])
  })

  it('finds circles, one service calling itself included', () => {
    const graph = graphOf({ a: { b: 1 }, b: { c: 1 }, c: { a: 1, d: 1 }, d: { d: 1 } })
    expect(graph.cycles.map((members) => [...members].sort())).toEqual([['d'], ['a', 'b', 'c']])
  })

  it('takes a chain of twenty thousand services without a stack', () => {
    const calls = Array.from({ length: 20_000 }, (_, index) => [
      `s${index}`,
      index < 19_999 ? { [`s${index + 1}`]: 1 } : {},
    ])
    const graph = graphOf(Object.fromEntries(calls))
    expect(graph.busiest('s0')).toMatchObject({ count: 1, ways: 1 })
    expect(graph.requestsInAll('s0')).toBe(20_000)
  })
})
