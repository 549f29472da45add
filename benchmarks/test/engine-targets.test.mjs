import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engineTargets } from '../src/engine/targets.mjs'

const rows = (client, callbacks) => [
  { case: 'bare', nsPerCall: 100 },
  { case: 'client composition', nsPerCall: client },
  { case: 'engine by callbacks', nsPerCall: callbacks },
  { case: 'virtual time', nsPerCall: 600 },
]
const missed = (targets) => targets.filter(({ met }) => !met).map(({ claim }) => claim)

test('every target of the engine holds at its limit, and is missed just past it', () => {
  assert.deepEqual(missed(engineTargets(rows(600, 300), 999)), [])
  assert.deepEqual(missed(engineTargets(rows(602, 402), 1_000)), [
    'client composition at most 6 times bare',
    'engine by callbacks at most 3 times bare',
    'engine by callbacks at most 400 ns a call',
    'a million calls in virtual time in under 1 s',
  ])
  assert.throws(() => engineTargets([], 0), RangeError)
})
