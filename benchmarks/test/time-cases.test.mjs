import assert from 'node:assert/strict'
import { test } from 'node:test'
import { timeCases } from '../src/runner/time-cases.mjs'

test('every case is warmed up before any is measured, and rounds are interleaved from a moving start', async () => {
  const slices = []
  const recorded = (name) => ({
    name,
    loop: async (calls) => {
      slices.push(name)
      for (let call = 0; call < calls; call += 1) await Promise.resolve()
    },
  })
  const nsRounds = await timeCases([recorded('a'), recorded('b'), recorded('c')], { seconds: 0.3 })
  const [a, b, c] = nsRounds
  assert.ok(a.length >= 5)
  assert.deepEqual([b.length, c.length], [a.length, a.length])
  const order = slices.join('')
  const measured = order.slice(-3 * a.length)
  assert.match(order.slice(0, order.length - measured.length), /^(abc)+$/)
  assert.ok(measured.startsWith('abcbcacababc'))
})
