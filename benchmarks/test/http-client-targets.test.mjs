import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientTargets } from '../src/http-client/targets.mjs'

const round = (requestsPerSecond, p99Ms) => ({ requestsPerSecond, p99Ms })
const rounds = (ours) => ({
  'watertight client': ours,
  'undici request': [round(1_000, 2), round(500, 4), round(1_000, 2)],
  'global fetch': [round(200, 9), round(100, 18), round(200, 9)],
})
const missed = (ours) =>
  clientTargets((name) => rounds(ours)[name])
    .filter(({ met }) => !met)
    .map(({ claim }) => claim)

test('every target holds at its limit, and a busy machine changes nothing', () => {
  assert.deepEqual(missed([round(800, 2.29), round(400, 40), round(800, 2.29)]), [])
})

test('each target is missed just past its limit', () => {
  assert.deepEqual(missed([round(799, 2.31), round(399, 2.31), round(799, 2.31)]), [
    'watertight client at least 4 times global fetch in requests per second',
    'watertight client at least 0.8 of undici request in requests per second',
    'p99 of the watertight client less than 0.3 ms above that of undici request',
  ])
})
