import { expect, it } from 'vitest'
import {
  header,
  readBaggage,
  readDeadline,
  readPriority,
  readRequestId,
  readTraceparent,
  readTracestate,
} from './incoming-headers.js'

it.each([
  ['1500', 2_500],
  ['0', 1_000],
  ['-3', 997],
  ['86400000', 86_401_000],
  ['86400001', Infinity],
  ['1.5', Infinity],
  ['0x10', Infinity],
  ['1e3', Infinity],
  [' 5', Infinity],
  ['9'.repeat(400), Infinity],
  ['soon', Infinity],
  ['', Infinity],
  [undefined, Infinity],
])('reads the deadline %j', (text, deadline) => {
  expect(readDeadline(text, 1_000)).toBe(deadline)
})

it.each([
  ['5', 5],
  ['-100', -100],
  ['999', 100],
  ['1.5', 0],
  ['high', 0],
  [undefined, 0],
])('reads the priority %j', (text, priority) => {
  expect(readPriority(text)).toBe(priority)
})

it('keeps a request id that is short and printable, and makes one otherwise', () => {
  expect(readRequestId({ 'x-request-id': 'order:1/a.b-c=@+' })).toBe('order:1/a.b-c=@+')
  const made = /^[\da-f-]{36}$/
  expect(readRequestId({})).toMatch(made)
  expect(readRequestId({ 'x-request-id': 'a"} {"level":"fatal' })).toMatch(made)
  expect(readRequestId({ 'x-request-id': 'x'.repeat(129) })).toMatch(made)
})

it('passes on trace headers that are well formed and short enough', () => {
  const traceparent = `00-${'0af7'.repeat(8)}-${'b7ad'.repeat(4)}-01`
  expect(readTraceparent({ traceparent })).toBe(traceparent)
  expect(readTraceparent({ traceparent: `${traceparent}-x` })).toBeUndefined()
  expect(readTracestate({ tracestate: 'vendor=1' })).toBe('vendor=1')
  expect(readTracestate({ tracestate: 'x'.repeat(513) })).toBeUndefined()
  expect(readBaggage({ baggage: 'tenant=t-1' })).toBe('tenant=t-1')
  expect(readBaggage({ baggage: 'x'.repeat(8_193) })).toBeUndefined()
})

it('reads one header that came once', () => {
  const message = { headers: { host: 'x', 'set-cookie': ['a=1', 'b=2'] } }
  expect(header(message, 'host')).toBe('x')
  expect(header(message, 'hosts')).toBeUndefined()
  expect(header(message, 'set-cookie')).toBeUndefined()
})
