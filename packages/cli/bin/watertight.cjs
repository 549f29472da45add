#!/usr/bin/env node
// CommonJS, as is the bundle: to start Node's loader of modules takes longer than to check a manifest.
const { statSync } = require('node:fs')
const modules = require('node:module')
const path = require('node:path')

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`watertight needs Node 20.19 or later, and this is ${process.versions.node}\n`)
  process.exit(2)
}

// What other tools ask most often needs none of the program.
const [word, ...more] = process.argv.slice(2)
if (more.length === 0 && (word === '--version' || word === '-v')) {
  process.stdout.write(`${require('../package.json').version}\n`)
} else {
  start()
}

function start() {
  // Node 22 and later keep compiled code between runs.
  modules.enableCompileCache?.()

  const timeOf = (file) => statSync(path.join(__dirname, file), { throwIfNoEntry: false })?.mtimeMs ?? 0
  const compiledAt = Math.max(
    ...['..', '../../manifest', '../../import'].map((folder) => timeOf(`${folder}/dist/.tsbuildinfo`)),
  )
  // The bundle is the whole program in few files. A checkout that was compiled after it was bundled has newer files in
  // dist.
  const bundle = '../dist/bundle/main.cjs'
  const bundledAt = timeOf(bundle)
  if (bundledAt > 0 && bundledAt >= compiledAt) require(bundle)
  else void import('../dist/main.js')
}
