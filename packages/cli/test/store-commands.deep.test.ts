import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { storeCommands } from './store-commands.js'

const folder = mkdtempSync(join(tmpdir(), 'watertight-store-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

storeCommands('a folder', () => `pglite:${folder}/data`)
