#!/usr/bin/env node
// The bundle is the whole program in few files, which halves the time to start. A checkout that was compiled after it
// was bundled has newer files in dist.
import { readFileSync, statSync } from 'node:fs'
import module from 'node:module'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`watertight needs Node 20.19 or later, and this is ${process.versions.node}\n`)
  process.exit(2)
}

// What other tools ask most often needs none of the program.
const [word, ...more] = process.argv.slice(2)
if (more.length === 0 && (word === '--version' || word === '-v')) {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  process.stdout.write(`${JSON.parse(text).version}\n`)
} else {
  await start()
}

async function start() {
  // Node 22 and later keep compiled code between runs.
  module.enableCompileCache?.()

  const timeOf = (path) => statSync(new URL(path, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0
  const compiledAt = Math.max(
    ...['..', '../../manifest', '../../import'].map((folder) => timeOf(`${folder}/dist/.tsbuildinfo`)),
  )
  const bundle = '../dist/bundle/main.js'
  const bundledAt = timeOf(bundle)
  await import(bundledAt > 0 && bundledAt >= compiledAt ? bundle : '../dist/main.js')
}
