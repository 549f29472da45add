import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { inFolder } from './run-process.js'
import { storeCommands } from './store-commands.js'
import { watertightHere } from './watertight-here.js'

const folder = mkdtempSync(join(tmpdir(), 'watertight-store-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

storeCommands('a folder', () => `pglite:${folder}/data`)

test('a store is made in its folder by migrate up, and lacks its schema until then', async () => {
  await inFolder(
    { 'watertight.yaml': `watertight: v1\nsystem: a\nservices: { order: {} }\nstores: { main: embedded }\n` },
    async (cwd) => {
      const bare = await watertightHere(['saga', 'list', '--store', 'pglite:memory'], { cwd })
      expect([bare.code, bare.err]).toEqual([2, expect.stringContaining('watertight migrate up')])
      expect((await watertightHere(['migrate', 'up'], { cwd })).out).toContain('applied 0001-outbox')
      expect(await watertightHere(['events', 'tail'], { cwd })).toMatchObject({
        out: 'no events have been published\n',
      })
    },
  )
})
