#!/usr/bin/env node
// Launcher of every benchmark: `npm run bench -- <name>`. This project stands outside the workspaces, so that a
// newcomer's install stays small; what it needs is installed here, on the first run.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { benchmarks, nodeFlags } from './src/benchmarks.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const root = dirname(here)

const exitCodes = { usage: 2 }

function help() {
  const names = Object.entries(benchmarks).map(([name, { summary }]) => `  ${name.padEnd(16)}${summary}`)
  return [
    'Usage: npm run bench -- <name> [options]',
    '',
    'Benchmarks:',
    ...names,
    '',
    'Options:',
    '  --json         one JSON object a line, nothing else on standard output',
    '  --seconds N    time to spend on the clock (default 10); more seconds, steadier figures',
    '  --check        exit 1 when a target is missed',
    '  --self-test    test the arithmetic of the benchmarks themselves',
    '  --help         this text',
    '',
    'Exit codes: 0 measured, 1 a target was missed (--check) or the run failed, 2 wrong usage',
  ].join('\n')
}

/** Ends the process with a usage error on standard error. */
function refuse(message) {
  process.stderr.write(`${message}\n\n${help()}\n`)
  process.exit(exitCodes.usage)
}

/** Runs a command whose standard output is not the benchmark's: all it says goes to standard error. */
function prepare(action, command, commandArguments, cwd) {
  const { status, error } = spawnSync(command, commandArguments, {
    cwd,
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
  })
  if (status === 0) return
  process.stderr.write(`cannot ${action}: ${error?.message ?? `${command} ended with ${status}`}\n`)
  process.exit(1)
}

function npm(action, npmArguments, cwd) {
  // Under `npm run`, npm names its own script: that one works on every platform, without a shell.
  const script = process.env.npm_execpath
  if (script?.endsWith('.js')) prepare(action, process.execPath, [script, ...npmArguments], cwd)
  else prepare(action, 'npm', npmArguments, cwd)
}

function installOnce() {
  const installed = join(here, 'node_modules', '.package-lock.json')
  const isFresh =
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(here, 'package-lock.json')).mtimeMs
  if (!isFresh) npm('install the benchmarks', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], here)
}

function buildOnce(needs) {
  if (needs.every((path) => existsSync(join(root, path)))) return
  npm('build the repository', ['run', '--silent', 'build'], root)
}

/** Hands this terminal to a child with the flags that honest figures need; ends with its exit code. */
function handOver(childArguments) {
  const { status } = spawnSync(process.execPath, childArguments, { cwd: here, stdio: 'inherit' })
  process.exit(status ?? 1)
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        check: { type: 'boolean', default: false },
        seconds: { type: 'string', default: '10' },
        'self-test': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    return refuse(`cannot run a benchmark: ${error.message}`)
  }
}

function main() {
  const { values, positionals } = readArguments()
  if (values.help) {
    process.stdout.write(`${help()}\n`)
    return
  }
  if (values['self-test']) {
    const tests = readdirSync(join(here, 'test')).filter((name) => name.endsWith('.test.mjs'))
    handOver([
      ...nodeFlags,
      '--test',
      '--test-reporter=spec',
      ...tests.map((name) => join(here, 'test', name)),
    ])
  }
  const [name, ...rest] = positionals
  if (name === undefined) refuse('cannot run a benchmark: name one')
  if (rest.length > 0)
    refuse(`cannot run a benchmark: one name at a time, got ${JSON.stringify(positionals.join(' '))}`)
  if (!Object.hasOwn(benchmarks, name)) {
    const names = Object.keys(benchmarks).join(', ')
    refuse(`cannot run benchmark: name must be one of ${names}, got ${JSON.stringify(name)}`)
  }
  const seconds = Number(values.seconds)
  if (!(seconds >= 1 && seconds <= 3_600)) {
    refuse(`cannot run benchmark: seconds must be between 1 and 3600, got ${JSON.stringify(values.seconds)}`)
  }
  const { entry, needs, flags = nodeFlags } = benchmarks[name]
  installOnce()
  buildOnce(needs)
  handOver([...flags, join(here, entry), JSON.stringify({ json: values.json, check: values.check, seconds })])
}

main()
