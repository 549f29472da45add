import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { MANIFEST_FILE } from '../src/manifest/manifest.js'

test('a service that cannot write its data says so in one sentence, without a stack trace', async () => {
  const program = fileURLToPath(new URL('../dist/services/main.js', import.meta.url))
  const child = spawn(process.execPath, [program, 'loyalty'], {
    env: { ...process.env, PORT: '0', WATERTIGHT_DATA: '/proc/loyalty', WATERTIGHT_MANIFEST: MANIFEST_FILE },
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect(errors).toBe('fatal: cannot write to /proc/loyalty: nothing can be created there\n')
  expect(code).toBe(5)
}, 90_000)
