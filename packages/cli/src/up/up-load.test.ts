import { Ajv } from 'ajv'
import { inTurn, Load } from '@watertight/supervisor'
import { expect, test } from 'vitest'
import { outputSchema } from '../schema/output-schemas.js'
import { describeLoad, describeLoadEvent } from './up-load.js'

const report = {
  seconds: 5,
  requests: 249,
  ratePerSecond: 49.8,
  successShare: 0.9999,
  p50Ms: 3.1,
  p99Ms: 40.2,
  outcomes: { 200: 248, 503: 1 },
}

test('a load is told in one line, in which 99.99% does not look like all', () => {
  expect(describeLoadEvent({ kind: 'load', ...report })).toBe(
    'load 49.8/s  99.9% good  p50 3.1 ms  p99 40.2 ms  200: 248  503: 1',
  )
  expect(describeLoadEvent({ kind: 'load-total', ...report })).toBe(
    'load in all: 249 requests in 5 s, 49.8/s  99.9% good  p50 3.1 ms  p99 40.2 ms  200: 248  503: 1',
  )
})

test('what is sent is named, the first of many', () => {
  const [first, ...others] = ['/a', '/b', '/c', '/d', '/e'].map((path) => ({ method: 'GET', path }))
  if (first === undefined) return
  expect(describeLoad({ ratePerSecond: 50, plan: inTurn([first]) })).toBe('50/s of GET /a')
  expect(describeLoad({ ratePerSecond: 1 / 3, plan: inTurn([first, ...others]) })).toBe(
    '0.33/s of GET /a, GET /b, GET /c, 2 others in turn',
  )
})

test('as JSON it has the published shape', async () => {
  const plan = inTurn([{ method: 'GET', path: '/' }])
  const load = new Load({ url: 'http://127.0.0.1:9', ratePerSecond: 100, plan })
  await load.stop(1_000)
  const isShape = new Ajv().compile(JSON.parse(outputSchema('up')) as object)
  for (const kind of ['load', 'load-total'] as const) expect(isShape({ kind, ...load.total() })).toBe(true)
})
