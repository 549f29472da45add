import { expect, it } from 'vitest'
import type { Span, Trace } from '../../model/trace.js'
import { waterfallRows } from './waterfall-rows.js'

it('parents come before their children, brothers in the order of their start', () => {
  const rows = waterfallRows(
    traceOf(span('late', 'root', 40, 10), span('root', null, 0, 100), span('soon', 'root', 10, 20)),
  )
  expect(rows.map(({ span: { spanId }, depth }) => [spanId, depth])).toEqual([
    ['root', 0],
    ['soon', 1],
    ['late', 1],
  ])
  expect(rows[1]).toMatchObject({ start: 0.1, width: 0.2 })
})

it('a span whose parent was not kept is shown all the same, and so is a circle', () => {
  const rows = waterfallRows(
    traceOf(span('orphan', 'gone', 5, 5), span('a', 'b', 0, 10), span('b', 'a', 0, 10)),
  )
  expect(rows.map(({ span: { spanId } }) => spanId).toSorted()).toEqual(['a', 'b', 'orphan'])
})

it('a trace that took no time has its spans at the start', () => {
  expect(waterfallRows(traceOf(span('root', null, 0, 0)))[0]).toMatchObject({ start: 0, width: 0 })
})

it('refusals, waits and retries are marked at their time; what means nothing is not', () => {
  const events = [
    { at: 1_050, name: 'refused', kind: 'refusal' as const, attributes: { text: 'circuit is open' } },
    { at: 1_060, name: 'noted', kind: 'other' as const, attributes: {} },
  ]
  const [row] = waterfallRows(traceOf({ ...span('root', null, 0, 100), events }))
  expect(row?.marks).toEqual([{ at: 0.5, kind: 'refusal', text: 'circuit is open' }])
})

function span(spanId: string, parentId: string | null, from: number, durationMs: number): Span {
  return {
    spanId,
    parentId,
    name: spanId,
    service: 'order',
    kind: 'internal',
    startedAt: 1_000 + from,
    durationMs,
    isError: false,
    attempt: null,
    status: null,
    attributes: {},
    events: [],
  }
}

function traceOf(...spans: Span[]): Trace {
  const summary = { traceId: 't', name: 'x', service: 'order', startedAt: 1_000, durationMs: 100 }
  const counts = { spanCount: spans.length, services: ['order'], isError: false, retries: 0, refusals: 0 }
  return { summary: { ...summary, ...counts }, spans }
}
