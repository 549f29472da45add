import { expect, it } from 'vitest'
import { header, requestIdOf } from './request-id-of.js'

it("keeps the caller's request id, and makes one where there is none to keep", () => {
  expect(requestIdOf({ 'x-request-id': 'order:1/a.b-c=@+' })).toBe('order:1/a.b-c=@+')
  const made = /^[\da-f-]{36}$/
  expect(requestIdOf({})).toMatch(made)
  expect(requestIdOf({ 'x-request-id': 'a"} {"level":"fatal' })).toMatch(made)
})

it('reads one header that came once', () => {
  const message = { headers: { host: 'x', 'set-cookie': ['a=1', 'b=2'] } }
  expect(header(message, 'host')).toBe('x')
  expect(header(message, 'hosts')).toBeUndefined()
  expect(header(message, 'set-cookie')).toBeUndefined()
})
