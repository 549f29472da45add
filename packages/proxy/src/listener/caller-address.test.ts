import { expect, it } from 'vitest'
import { callerAddress } from './caller-address.js'

it.each([
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['10.1.2.3', '10.1.2.3'],
  ['::1', '::1'],
  ['::ffff:0:1', '::ffff:0:1'],
  [undefined, ''],
])('a caller from %s is known as %s', (remoteAddress, address) => {
  expect(callerAddress({ remoteAddress })).toBe(address)
})
