import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { playScenario } from './scenario.js'

const folder = new URL('testdata/', import.meta.url)

test.each(readdirSync(folder))('%s: what follows from what (vitest -u rewrites it)', async (file) => {
  const path = new URL(file, folder)
  await expect(playScenario(readFileSync(path, 'utf8'))).toMatchFileSnapshot(path.pathname)
})
