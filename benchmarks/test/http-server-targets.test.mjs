import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serverTargets } from '../src/http-server/targets.mjs'

test('the guard may cost a tenth of the requests per second, and no more', () => {
  assert.deepEqual(
    [0.9, 0.899].map((ratio) => serverTargets(ratio)[0].met),
    [true, false],
  )
})
