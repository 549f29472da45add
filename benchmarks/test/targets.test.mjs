import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callTargets, memoryTargets } from '../src/policy/targets.mjs'

const row = (name, nsPerCall, bytesPerCall, ratioToBare) => ({
  case: name,
  nsPerCall,
  bytesPerCall,
  ratioToBare,
})
const justMet = [
  row('bare', 100, 48, 1),
  row('watertight pipeline', 400, 400, 4),
  row('watertight client composition', 600, 400, 6),
  row('watertight breaker', 199, 100, 1.99),
  row('watertight refusal', 149, 50, 1.49),
  row('cockatiel pipeline', 8_000, 7_000, 80),
  row('cockatiel breaker', 200, 300, 2),
  row('opossum breaker+timeout', 1_400, 1_600, 14),
]
const replaced = (name, changes) => justMet.map((one) => (one.case === name ? { ...one, ...changes } : one))
const missed = (targets) => targets.filter(({ met }) => !met).map(({ claim }) => claim)

const memoryRows = (bytesPerBreaker, held, timers) => [
  { case: 'watertight breaker, last 100 calls', count: 1_000, bytesPerBreaker: 100, timers: 0 },
  { case: 'watertight breaker, last 10 s', count: 1_000, bytesPerBreaker, timers },
  { case: 'watertight registry of breakers', count: held, bytesPerBreaker: 2_000, timers: 0 },
  { case: 'opossum breaker', count: 1_000, bytesPerBreaker: 9_000, timers: 1_000 },
]

test('every target holds at its limit', () => {
  assert.deepEqual(missed(callTargets(justMet)), [])
})

test('each target is missed just past its limit', () => {
  assert.deepEqual(
    missed(callTargets(replaced('watertight pipeline', { ratioToBare: 4.01, bytesPerCall: 401 }))),
    ['pipeline at most 4 times bare', 'pipeline at most 400 B a call'],
  )
  assert.deepEqual(missed(callTargets(replaced('cockatiel pipeline', { nsPerCall: 7_900 }))), [
    'pipeline at least 20 times faster than cockatiel pipeline',
  ])
  assert.deepEqual(missed(callTargets(replaced('opossum breaker+timeout', { nsPerCall: 1_390 }))), [
    'pipeline at least 3.5 times faster than opossum breaker+timeout',
  ])
  assert.deepEqual(missed(callTargets(replaced('watertight client composition', { ratioToBare: 6.01 }))), [
    'client composition at most 6 times bare',
  ])
  assert.deepEqual(missed(callTargets(replaced('watertight breaker', { nsPerCall: 200 }))), [
    'closed breaker alone below cockatiel breaker',
  ])
  assert.deepEqual(missed(callTargets(replaced('watertight refusal', { nsPerCall: 150 }))), [
    'refusal by outcome below 150 ns',
  ])
})

test('a missing row is an error, not a target met', () => {
  assert.throws(() => callTargets(justMet.slice(0, 2)), RangeError)
})

test('memory is judged by our largest breaker, the registry by how many it holds, and timers by their sum', () => {
  assert.deepEqual(missed(memoryTargets(memoryRows(1_023, 100_000, 0))), [])
  assert.deepEqual(missed(memoryTargets(memoryRows(1_024, 99_999, 1))), [
    'idle breaker below 1 KiB',
    '100,000 breakers in a registry',
    'no timer for any of them',
  ])
})
