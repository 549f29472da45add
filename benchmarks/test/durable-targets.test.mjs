import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addedTo } from '../src/durable/in-turns.mjs'
import { durableTargets } from '../src/durable/targets.mjs'

const row = (name, perSecond) => ({ case: name, perSecond })

test('sagas are held to each peer that was measured, and to the faster of them alone', () => {
  const rows = [
    row('watertight saga, 64 in flight', 1_200),
    row('watertight saga, one', 50),
    row('dbos workflow, 64 in flight', 100),
    row('dbos workflow, one', 40),
    row('restate workflow, 64 in flight', 160),
    row('restate workflow, one', 60),
  ]
  assert.deepEqual(
    durableTargets(rows, new Set(['watertight', 'dbos', 'restate'])).map(({ measured, met }) => [
      measured,
      met,
    ]),
    [
      ['12.00', true],
      ['7.50', false],
      ['0.83', false],
    ],
  )
})

test('a peer that does not exist for this platform is no target', () => {
  const rows = [row('watertight saga, 64 in flight', 1_200), row('dbos workflow, 64 in flight', 100)]
  const targets = durableTargets(
    [...rows, row('watertight saga, one', 2), row('dbos workflow, one', 1)],
    new Set(['watertight', 'dbos']),
  )
  assert.deepEqual(
    targets.map(({ measured, met }) => [measured, met]),
    [
      ['12.00', true],
      ['2.00', true],
    ],
  )
})

test('a target is missed when what was to be measured for it is not there', () => {
  const systems = new Set(['watertight', 'dbos', 'restate', 'events', 'publish'])
  const targets = durableTargets([row('watertight saga, 64 in flight', 1_200)], systems)
  assert.deepEqual(
    targets.map(({ measured, met }) => [measured, met]),
    Array.from({ length: 6 }, () => ['not measured', false]),
  )
})

test('what publishing adds is judged by the latency alone, and by slices of the same turn beside others', () => {
  const inTurns = (...rates) => rates.map((perSecond) => ({ perSecond }))
  // By the medians of all slices, it would be 32%.
  const added = addedTo(inTurns(1_250, 1_500, 3_000, 1_400), inTurns(1_000, 1_200, 2_500, 1_000))
  const rows = [
    { case: 'guarded charge, one', perSecond: 1, p50Ms: 2 },
    { case: 'guarded charge that publishes, one', perSecond: 1, p50Ms: 2.1 },
    { case: 'guarded charge that publishes, 16 in flight', perSecond: 1_100, p50Ms: 1, added },
  ]
  assert.deepEqual(
    durableTargets(rows, new Set(['publish'])).map(({ measured, met }) => [measured, met]),
    [
      ['5.0%', true],
      ['25.0% (half of the turns 25.0% to 40.0%)', false],
    ],
  )
})
