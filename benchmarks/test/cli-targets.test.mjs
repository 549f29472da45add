import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cliTargets } from '../src/cli/targets.mjs'

test('every command has to start in less than 150 ms, and Node alone has no target', () => {
  const rows = [
    { case: 'node alone', ms: 200 },
    { case: 'cli check', ms: 149 },
    { case: 'cli --help', ms: 150 },
  ]
  assert.deepEqual(
    cliTargets(rows).map(({ claim, met }) => [claim, met]),
    [
      ['cli check below 150 ms', true],
      ['cli --help below 150 ms', false],
    ],
  )
})
