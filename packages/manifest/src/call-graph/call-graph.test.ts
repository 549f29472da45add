import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ManifestDocument } from '../document/manifest-document.js'
import { readDocument } from '../reading/read-manifest.js'
import type { CallGraph } from './call-graph.js'

function graphOf(calls: Record<string, Record<string, number>>): CallGraph {
  const services = Object.entries(calls).map(([name, callees]) => {
    const entries = Object.entries(callees).map(([to, attempts]) => [
      to,
      { retry: { attempts }, timeout: { total: '1s' } },
    ])
    return [name, { calls: Object.fromEntries(entries) }]
  })
  const document = {
    watertight: 'v1',
    system: 's',
    services: Object.fromEntries(services),
  } as ManifestDocument
  const { system } = readDocument(document, 'test')
  if (system === undefined) throw new Error('the test document is not readable')
  return system.graph
}

describe('the call graph', () => {
  it('multiplies attempts along the worst path', () => {
    const graph = graphOf({
      order: { payment: 3, mail: 5 },
      payment: { bank: 3 },
      bank: { core: 4 },
      core: {},
      mail: {},
    })
    expect(graph.worstPath('order')).toMatchObject({ factors: [3, 3, 4], attempts: 36 })
    expect(graph.entries).toEqual(['order'])
  })

  it('agrees with a walk over all paths, on random graphs without circles', () => {
    const edges = fc.array(fc.tuple(fc.nat(6), fc.nat(6), fc.integer({ min: 1, max: 4 })), { maxLength: 14 })
    fc.assert(
      fc.property(edges, (list) => {
        const calls: Record<string, Record<string, number>> = {}
        for (let index = 0; index < 7; index++) calls[`s${index}`] = {}
        for (const [from, to, attempts] of list)
          if (from < to) calls[`s${from}`] = { ...calls[`s${from}`], [`s${to}`]: attempts }
        const walk = (name: string): number =>
          Math.max(1, ...Object.entries(calls[name] ?? {}).map(([to, attempts]) => attempts * walk(to)))
        const graph = graphOf(calls)
        for (const name of Object.keys(calls)) expect(graph.amplification(name)).toBe(walk(name))
        expect(graph.cycles).toEqual([])
      }),
      { numRuns: 200 },
    )
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
    expect(graphOf(Object.fromEntries(calls)).worstPath('s0').calls).toHaveLength(19_999)
  })
})
