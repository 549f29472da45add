import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { callMs } from '../src/call-graph/attempts.js'
import { CallGraph } from '../src/call-graph/call-graph.js'
import type { ManifestDocument } from '../src/document/manifest-document.js'
import type { CallDocument, ServiceDocument } from '../src/document/service-document.js'
import { buildModel } from '../src/model/build-model.js'

/** One call of a random system, in plain numbers, so that the sums below need nothing of the code that they check. */
interface Edge {
  readonly from: number
  readonly to: number
  readonly attempts: number
  readonly clientAttempts: number
  readonly attemptMs: number
  readonly totalMs: number
  readonly covered: boolean
}

interface Node {
  readonly availability: number | undefined
  readonly sequential: boolean
}

const SIZE = 7

const edge = fc.record({
  from: fc.nat(SIZE - 1),
  to: fc.nat(SIZE - 1),
  attempts: fc.integer({ min: 1, max: 3 }),
  clientAttempts: fc.integer({ min: 1, max: 2 }),
  attemptMs: fc.integer({ min: 1, max: 900 }),
  totalMs: fc.integer({ min: 1, max: 3_000 }),
  covered: fc.boolean(),
})

const node = fc.record({
  // In thousandths, so that products stay far from the rounding of the last digit.
  availability: fc.option(fc.integer({ min: 900, max: 1_000 }), { nil: undefined }),
  sequential: fc.boolean(),
})

/** Systems without circles: calls lead from lower to higher numbers, one between two services. */
const systems = fc.record({
  nodes: fc.array(node, { minLength: SIZE, maxLength: SIZE }),
  edges: fc
    .uniqueArray(edge, { maxLength: 16, selector: ({ from, to }) => from * SIZE + to })
    .map((edges) => edges.filter(({ from, to }) => from < to)),
})

const name = (index: number): string => `s${index}`

function graphOf(nodes: readonly Node[], edges: readonly Edge[]): CallGraph {
  const services = nodes.map(({ availability, sequential }, index): [string, ServiceDocument] => {
    const calls = edges
      .filter(({ from }) => from === index)
      .map((one): [string, CallDocument] => [
        name(one.to),
        {
          timeout: { attempt: `${one.attemptMs}ms`, total: `${one.totalMs}ms` },
          retry: { attempts: one.attempts, backoff: { initial: '0ms', max: '0ms' } },
          clientAttempts: one.clientAttempts,
          ...(one.covered ? { fallback: { status: 200 } } : {}),
        },
      ])
    return [
      name(index),
      {
        calls: Object.fromEntries(calls),
        callOrder: sequential ? 'sequential' : 'parallel',
        ...(availability === undefined ? {} : { objective: { availability: `${availability / 10}%` } }),
      },
    ]
  })
  const document: ManifestDocument = { watertight: 'v1', system: 's', services: Object.fromEntries(services) }
  return new CallGraph(buildModel(document).model)
}

/** Every way from a service on, as the list of its calls; the empty one leads to itself. */
function waysFrom(start: number, edges: readonly Edge[]): Edge[][] {
  const further = edges
    .filter(({ from }) => from === start)
    .flatMap((first) => waysFrom(first.to, edges).map((rest) => [first, ...rest]))
  return [[], ...further]
}

describe('the sums over a random system are those that a walk over all its ways gives', () => {
  it('requests at the busiest service, and all together', () => {
    fc.assert(
      fc.property(systems, ({ nodes, edges }) => {
        const graph = graphOf(nodes, edges)
        for (let start = 0; start < SIZE; start++) {
          const arrived = new Map<number, number>()
          for (const way of waysFrom(start, edges)) {
            const product = way.reduce(
              (all, { attempts, clientAttempts }) => all * attempts * clientAttempts,
              1,
            )
            const end = way.at(-1)?.to ?? start
            arrived.set(end, (arrived.get(end) ?? 0) + product)
          }
          const busiest = graph.busiest(name(start))
          expect(busiest.count).toBe(Math.max(...arrived.values()))
          expect(arrived.get(Number(busiest.at.slice(1)))).toBe(busiest.count)
          const ways = waysFrom(start, edges).filter(
            (way) => (way.at(-1)?.to ?? start) === Number(busiest.at.slice(1)),
          )
          expect(busiest.ways).toBe(ways.length)
          expect(graph.requestsInAll(name(start))).toBe(
            [...arrived.values()].reduce((sum, one) => sum + one, 0),
          )
        }
      }),
      { numRuns: 300 },
    )
  })

  it('availability, from every combination of services that are up or down', () => {
    fc.assert(
      fc.property(systems, ({ nodes, edges }) => {
        const graph = graphOf(nodes, edges)
        const hard = edges.filter(({ covered }) => !covered)
        const behind = (start: number): Set<number> =>
          new Set(waysFrom(start, hard).flatMap((way) => way.map(({ to }) => to)))
        // What each service fails by itself: what its promise leaves when all behind it is taken out.
        const own = nodes.map(() => 1)
        const upTogether = (members: ReadonlySet<number>): number => {
          let probability = 0
          for (let state = 0; state < 2 ** SIZE; state++) {
            const isUp = (index: number): boolean => (state & (1 << index)) !== 0
            if (![...members].every(isUp)) continue
            probability += own.reduce((all, up, index) => all * (isUp(index) ? up : 1 - up), 1)
          }
          return probability
        }
        for (let index = SIZE - 1; index >= 0; index--) {
          const bound = upTogether(behind(index))
          expect(graph.availability.of(name(index))).toBeCloseTo(bound, 6)
          const stated = nodes[index]?.availability
          if (stated !== undefined) own[index] = Math.min(1, stated / 1_000 / bound)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('the longest that a service is kept busy by its calls', () => {
    fc.assert(
      fc.property(systems, ({ nodes, edges }) => {
        const graph = graphOf(nodes, edges)
        for (let index = 0; index < SIZE; index++) {
          const own = edges.filter(({ from }) => from === index)
          // Attempt by attempt, until the total ends the call; the caller's library makes the whole of it again.
          const times = own.map(({ attempts, clientAttempts, attemptMs, totalMs }) => {
            let waited = 0
            for (let attempt = 0; attempt < attempts; attempt++)
              waited = Math.min(totalMs, waited + attemptMs)
            return waited * clientAttempts
          })
          const sum = times.reduce((all, one) => all + one, 0)
          const expected = nodes[index]?.sequential === true ? sum : Math.max(0, ...times)
          expect(graph.busyMs(name(index))).toBeCloseTo(expected, 6)
          expect(graph.callsOf(name(index)).map(callMs)).toEqual(times)
        }
      }),
      { numRuns: 200 },
    )
  })
})
