import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { checkReports } from './check-reports.js'
import { checkExamples } from './examples.js'
import { breaches } from './rules/breaches.js'
import { entryFiles, root, sourceFiles } from './sources.js'

/** A stage passes with nothing to say; whatever it returns is the reason for failing. */
type Stage = readonly [name: string, check: () => Promise<string>]

const fix = process.argv.includes('--fix')
/** For CI, which runs the examples on the oldest Node that the packages promise. */
const withoutExamples = process.argv.includes('--without-examples')

/** By content: a fresh checkout of a file that was seen before is not read again. */
const formatOptions = ['--log-level', 'warn', '--cache', '--cache-strategy', 'content']

const types: Stage = ['types', () => tool('tsc', '--build')]
/** What needs the compiled code, and nothing of one another. */
const others: readonly Stage[] = [
  ['format', () => tool('prettier', fix ? '--write' : '--check', ...formatOptions, '.')],
  ['lint', () => tool('oxlint', '--type-aware', '--deny-warnings', '--quiet', ...(fix ? ['--fix'] : []))],
  ['unused code', () => tool('knip', '--no-progress')],
  ['house rules', checkHouse],
  [
    'public API',
    async () => lines(checkReports(false), 'if the change is meant, run `npm run api` and commit it'),
  ],
  ['packaging', checkPackaging],
  ...(withoutExamples ? [] : [['examples', async () => lines(await checkExamples())] as const]),
]
/** Most of them use one core. With `--fix` two must not write one file. */
const lanes = fix ? 1 : 2

/** The rules themselves, said plainly; then their own tests, which show that each can still fail. */
async function checkHouse(): Promise<string> {
  const files = sourceFiles()
  return (
    lines(breaches(files, entryFiles(files))) ||
    tool('vitest', 'run', '--project', 'house', '--reporter=dot', '--silent')
  )
}

async function checkPackaging(): Promise<string> {
  for (const name of readdirSync(join(root, 'packages'))) {
    const folder = join('packages', name)
    const failure = await tool('publint', 'run', folder, '--strict', '--pack', 'npm')
    if (failure !== '') return failure
  }
  return ''
}

function lines(found: readonly string[], advice?: string): string {
  return found.length === 0 || advice === undefined ? found.join('\n') : [...found, advice].join('\n')
}

/** Runs a tool of this repository and returns its output if it fails. */
function tool(name: string, ...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(root, 'node_modules/.bin', name), args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const keep = (chunk: Buffer): void => {
      output += chunk.toString()
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', reject)
    child.once('close', (code) => {
      resolve(code === 0 ? '' : output.trim() || `${name} ended with code ${code}`)
    })
  })
}

/** Runs a stage; answers whether it passed. */
async function passes([name, check]: Stage): Promise<boolean> {
  const startedAt = performance.now()
  const failure = await check().catch(String)
  const mark = failure === '' ? styleText('green', 'ok  ') : styleText('red', 'FAIL')
  console.log(`${mark} ${name.padEnd(16)} ${secondsSince(startedAt).padStart(5)} s`)
  if (failure === '') return true
  const advice =
    ['lint', 'format'].includes(name) && !fix ? ' (`npm run ok -- --fix` mends what a tool can mend)' : ''
  console.error(`\n${failure}\n\nThe gate is shut: ${name} failed${advice}`)
  return false
}

function secondsSince(startedAt: number): string {
  return ((performance.now() - startedAt) / 1000).toFixed(1)
}

async function main(): Promise<void> {
  const startedAt = performance.now()
  let isOpen = await passes(types)
  const waiting = [...others]
  const lane = async (): Promise<void> => {
    while (isOpen) {
      const next = waiting.shift()
      if (next === undefined) return
      if (!(await passes(next))) isOpen = false
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  if (isOpen) console.log(`The gate is open (${secondsSince(startedAt)} s)`)
  else process.exitCode = 1
}

await main()
