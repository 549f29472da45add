import { expect, test } from 'vitest'
import { claimIdOf, fingerprintOf } from './fingerprint-of.js'

const payload = { method: 'POST', path: '/charges', query: 'a=1&b=2', body: 'none' }

test('method, path, query and body each make another payload, and parts do not run into one another', () => {
  const all = [
    payload,
    { ...payload, method: 'PATCH' },
    { ...payload, path: '/charges/' },
    { ...payload, query: 'a=1&b=3' },
    { ...payload, body: 'json:1' },
    { ...payload, path: '/chargesa=1', query: 'b=2' },
  ]
  expect(new Set(all.map(fingerprintOf)).size).toBe(all.length)
})

test('the order of different parameters makes no difference, that of one given twice does', () => {
  expect(fingerprintOf({ ...payload, query: 'b=2&a=1' })).toBe(fingerprintOf(payload))
  expect(fingerprintOf({ ...payload, query: 'a=1&a=2' })).not.toBe(
    fingerprintOf({ ...payload, query: 'a=2&a=1' }),
  )
})

test('what is kept tells neither the caller nor the key', () => {
  const id = claimIdOf('ann', 'POST', '/charges', 'secret')
  expect(id).not.toMatch(/ann|secret/)
  expect(claimIdOf('an', 'nPOST', '/charges', 'secret')).not.toBe(id)
})
