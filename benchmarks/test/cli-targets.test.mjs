import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cliTargets } from '../src/cli/targets.mjs'

const metWhere = (version, check) =>
  cliTargets([
    { case: 'node alone', ms: 100 },
    { case: 'cli --version', ms: version },
    { case: 'cli --help', ms: 900 },
    { case: 'cli check', ms: check },
  ]).map(({ claim, met }) => [claim, met])

test('the version and a check are judged by how many times as long as Node alone they take', () => {
  assert.deepEqual(metWhere(140, 220), [
    ['cli --version at most 1.4 times node alone', true],
    ['cli check at most 2.2 times node alone', true],
  ])
  assert.deepEqual(
    metWhere(141, 221).map(([, met]) => met),
    [false, false],
  )
})

test('a run without its rows meets nothing', () => {
  assert.deepEqual(
    cliTargets([]).map(({ met }) => met),
    [false, false],
  )
})
