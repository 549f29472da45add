import { expect, it } from 'vitest'
import { targetOf } from './target-of.js'

it.each([
  ['http://[::1]:7001', '::1', 7001],
  ['http://[2001:db8::7]', '2001:db8::7', 80],
  ['http://10.0.0.1:7001', '10.0.0.1', 7001],
  ['http://order.shop.svc:7001', 'order.shop.svc', 7001],
])('connections to %s go to %s, port %i', (origin, host, port) => {
  expect(targetOf(origin, undefined, false)).toEqual({ host, port, secure: undefined })
})
