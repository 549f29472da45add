import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consoleTargets } from '../src/console/targets.mjs'

const rows = (bytes, ms, framesPerSecond) => [
  { case: 'page, gzipped', bytes },
  { case: 'first paint', ms },
  { case: '10 updates a second', framesPerSecond },
]
const met = (...figures) => consoleTargets(rows(...figures)).map((target) => target.met)

test('a page within its limits meets every target, and one beyond them none', () => {
  assert.deepEqual(met(150_000, 1_000, 30), [true, true, true])
  assert.deepEqual(met(150_001, 1_001, 29.9), [false, false, false])
})

test('what was not measured is missed', () => {
  assert.deepEqual(
    consoleTargets([]).map((target) => target.met),
    [false, false, false],
  )
})
