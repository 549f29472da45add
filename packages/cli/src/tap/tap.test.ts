import { Ajv } from 'ajv'
import picocolors from 'picocolors'
import { expect, test } from 'vitest'
import { outputSchema } from '../schema/output-schemas.js'
import { tapLine } from './run-tap.js'
import { tapFilter } from './tap-filter.js'
import type { SeenRequest } from './tap-source.js'

const seen = (changed: Partial<SeenRequest> = {}): SeenRequest => ({
  program: 'order-sidecar',
  at: new Date(2026, 10, 29, 12, 3, 4, 56).getTime(),
  direction: 'in',
  method: 'POST',
  path: '/orders',
  status: 201,
  durationMs: 12.3,
  from: '127.0.0.1',
  to: 'order',
  endpoint: '127.0.0.1:7001',
  attempts: 1,
  flags: '',
  traceId: null,
  ...changed,
})

const line = (request: SeenRequest) => tapLine(request, picocolors.createColors(false))

test('a line tells what passed, and more only where there is more', () => {
  expect(line(seen())).toBe('12:03:04.056  in   POST /orders  201  12.3 ms  127.0.0.1 > order  order-sidecar')
  expect(
    line(seen({ status: 0, to: '', attempts: 3, flags: 'UT', traceId: 'abc', path: '/a\u001b[2J' })),
  ).toBe(
    '12:03:04.056  in   POST /a [2J  left  12.3 ms  127.0.0.1 > -  order-sidecar  3 tries  UT  trace abc',
  )
})

test('as JSON it has the published shape', () => {
  const isShape = new Ajv().compile(JSON.parse(outputSchema('tap')) as object)
  expect([isShape(seen()), isShape({ dropped: 3 }), isShape({ dropped: 3, more: 1 })]).toEqual([
    true,
    true,
    false,
  ])
})

test('filters hold together, and each may name several', () => {
  const all = [
    seen(),
    seen({ method: 'GET', status: 404 }),
    seen({ path: '/a', status: 503 }),
    seen({ status: 0 }),
  ]
  const shown = (options: Parameters<typeof tapFilter>[0]) =>
    all.filter(tapFilter(options)).map(({ status }) => status)
  expect(shown({})).toEqual([201, 404, 503, 0])
  expect(shown({ status: '4xx,503' })).toEqual([404, 503])
  expect(shown({ status: '0' })).toEqual([0])
  expect(shown({ method: 'get' })).toEqual([404])
  expect(shown({ method: 'GET,POST', path: '/orders', status: '2xx' })).toEqual([201])
  expect(() => tapFilter({ status: '6xx' })).toThrow(
    '--status must be such as 503 or 5xx, or several with commas, got 6xx',
  )
})
