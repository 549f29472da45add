import { readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { inFolder, PROGRAM, runProcess } from './run-process.js'

const FILES = {
  'package.json': '{ "type": "module" }',
  'bin/watertight.cjs': readFileSync(PROGRAM, 'utf8'),
  'dist/main.js': "console.log('compiled')\n",
}
const BUNDLE = { 'dist/bundle/main.cjs': "console.log('bundled')\n" }
const COMPILED = { 'dist/.tsbuildinfo': '' }

it.each([
  ['the bundle, as it is published', { ...FILES, ...BUNDLE }, 'bundled'],
  ['the bundle of a checkout that was not compiled since', { ...FILES, ...BUNDLE, ...COMPILED }, 'bundled'],
  ['what was compiled after it was bundled', { ...FILES, ...BUNDLE, ...COMPILED }, 'compiled'],
  ['what was compiled, where nothing was bundled', { ...FILES, ...COMPILED }, 'compiled'],
])('the program starts %s', async (_name, files, expected) => {
  await inFolder(files, async (folder) => {
    if ('dist/.tsbuildinfo' in files) {
      const at = expected === 'bundled' ? 1_000_000_000 : 4_000_000_000
      utimesSync(join(folder, 'dist/.tsbuildinfo'), at, at)
    }
    const ended = await runProcess(process.execPath, [join(folder, 'bin/watertight.cjs')], { cwd: folder })
    expect(ended).toEqual({ code: 0, out: `${expected}\n`, err: '' })
  })
})
