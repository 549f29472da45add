import { expect, it } from 'vitest'
import { readDeadline } from './read-deadline.js'
import { readPriority } from './read-priority.js'
import { readRequestId } from './read-request-id.js'
import { readBaggage, readTraceparent, readTracestate } from './read-traceparent.js'

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

it('believes a request id that is short and printable', () => {
  expect(readRequestId('order:1/a.b-c=@+')).toBe('order:1/a.b-c=@+')
  expect(readRequestId(undefined)).toBeUndefined()
  expect(readRequestId('a"} {"level":"fatal')).toBeUndefined()
  expect(readRequestId('x'.repeat(129))).toBeUndefined()
})

it('passes on trace headers that are well formed and short enough', () => {
  const traceparent = `00-${'0af7'.repeat(8)}-${'b7ad'.repeat(4)}-01`
  expect(readTraceparent(traceparent)).toBe(traceparent)
  expect(readTraceparent(`${traceparent}-x`)).toBeUndefined()
  expect(readTracestate('vendor=1')).toBe('vendor=1')
  expect(readTracestate('x'.repeat(513))).toBeUndefined()
  expect(readBaggage('tenant=t-1')).toBe('tenant=t-1')
  expect(readBaggage('x'.repeat(8_193))).toBeUndefined()
})
