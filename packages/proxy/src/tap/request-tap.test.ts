import { expect, test } from 'vitest'
import type { LoggedRequest } from '../access-log/access-log.js'
import { mergedTaps, RequestTap } from './request-tap.js'

const request = (target: string): LoggedRequest => ({
  method: 'GET',
  target,
  address: '127.0.0.1',
  route: '/',
  destination: { name: 'order' },
  endpoint: '127.0.0.1:7001',
  attempts: 1,
  status: 200,
  bytesSent: 0,
  bytesReceived: 0,
  flags: '',
  detail: 'not for everybody',
})

const pass = (tap: RequestTap, target: string) => tap.record(request(target), 'in', 12.345, undefined)
const since = (cursors: Readonly<Record<string, number>>) => JSON.stringify(cursors)

test('nothing is kept while nobody looks on, and a first look begins now', () => {
  const tap = new RequestTap()
  pass(tap, '/before')
  const first = tap.read(undefined)
  expect(first).toMatchObject({ requests: [], dropped: 0 })
  pass(tap, '/after')
  expect(tap.read(since(first.cursors)).requests.map(({ path }) => path)).toEqual(['/after'])
})

test('each look has what came since the one before, without queries, and two who look do not disturb one another', () => {
  const tap = new RequestTap()
  const { cursors } = tap.read(undefined)
  pass(tap, '/a?token=secret')
  const one = tap.read(since(cursors))
  expect(one.requests).toEqual([
    {
      at: expect.any(Number) as number,
      direction: 'in',
      method: 'GET',
      path: '/a?...',
      status: 200,
      durationMs: 12.3,
      from: '127.0.0.1',
      to: 'order',
      endpoint: '127.0.0.1:7001',
      attempts: 1,
      flags: '',
      traceId: null,
    },
  ])
  expect(JSON.stringify(one)).not.toContain('secret')
  pass(tap, '/b')
  expect(tap.read(since(one.cursors)).requests.map(({ path }) => path)).toEqual(['/b'])
  expect(tap.read(since(cursors)).requests.map(({ path }) => path)).toEqual(['/a?...', '/b'])
})

test('a slow reader gets the newest two thousand, and is told how many are gone', () => {
  const tap = new RequestTap()
  const { cursors } = tap.read(undefined)
  for (let number = 0; number < 2_500; number += 1) pass(tap, `/${number}`)
  const { requests, dropped } = tap.read(since(cursors))
  expect([requests.length, requests[0]?.path, requests.at(-1)?.path, dropped]).toEqual([
    2_000,
    '/500',
    '/2499',
    500,
  ])
})

test.each(['', 'x', '[]', '{"0":"a"}', 'null', `{"${process.pid}":1e9}`])(
  'what is no cursor, such as %j, is nothing to go by',
  (text) => {
    const tap = new RequestTap()
    tap.read(undefined)
    pass(tap, '/a')
    expect(tap.read(text)).toMatchObject({ requests: [], dropped: 0 })
  },
)

test('what several processes have seen comes in the order of time, with the cursors of all', () => {
  const tap = new RequestTap()
  const { cursors } = tap.read(undefined)
  pass(tap, '/a')
  const [seen] = tap.read(since(cursors)).requests
  if (seen === undefined) throw new Error('nothing was kept')
  const merged = mergedTaps([
    { cursors: { 1: 5 }, dropped: 1, requests: [{ ...seen, at: 2 }] },
    { cursors: { 2: 7 }, dropped: 2, requests: [{ ...seen, at: 1 }] },
  ])
  expect(merged).toMatchObject({ cursors: { 1: 5, 2: 7 }, dropped: 3, requests: [{ at: 1 }, { at: 2 }] })
})
