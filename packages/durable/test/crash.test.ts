import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'vitest'
import { expectOnce, sampledCrashes } from './crash/expect-once.js'

// About as many as the service runs: which of them it is makes no difference to what must hold.
const statements = 150

test('a service on an embedded database that is killed at a statement has every effect once', async () => {
  for (const crash of sampledCrashes(statements, 1, ['kill'])) {
    const folder = await mkdtemp(join(tmpdir(), 'watertight-crash-'))
    await expectOnce(`pglite:${join(folder, 'data')}`, crash)
    await rm(folder, { recursive: true, force: true })
  }
}, 120_000)
