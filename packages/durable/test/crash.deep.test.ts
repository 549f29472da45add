import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'vitest'
import { expectOnce, sampledCrashes } from './crash/expect-once.js'

test('a service on an embedded database that is killed at six statements has every effect once', async () => {
  for (const crash of sampledCrashes(150, 6, ['kill'])) {
    const folder = await mkdtemp(join(tmpdir(), 'watertight-crash-'))
    await expectOnce(`pglite:${join(folder, 'data')}`, crash)
    await rm(folder, { recursive: true, force: true })
  }
}, 600_000)
