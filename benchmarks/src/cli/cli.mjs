// `npm run bench -- cli`: how long the command line takes from start to end, beside a Node that does nothing.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { report } from '../runner/print.mjs'
import { cliTargets } from './targets.mjs'

const ROUNDS_MIN = 5
const root = fileURLToPath(new URL('../../..', import.meta.url))
const program = join(root, 'packages/cli/bin/watertight.cjs')

const { json, check, seconds } = JSON.parse(process.argv[2])

// What is published is a bundle; a checkout that was compiled since has none that is current.
const bundled = spawnSync('npm', ['run', '--silent', 'bundle', '--workspace', 'watertight'], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
})
if (bundled.status !== 0) process.exit(1)

const folder = mkdtempSync(join(tmpdir(), 'watertight-bench-'))
const run = (words) => spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' })
writeFileSync(join(folder, 'watertight.yaml'), run([program, 'init', '--dry-run']).stdout)

const cases = {
  'node alone': ['--eval', '0'],
  'cli --version': [program, '--version'],
  'cli --help': [program, '--help'],
  'cli check': [program, 'check'],
  'cli explain': [program, 'explain', 'order', 'payment'],
}
const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]))
const end = performance.now() + seconds * 1_000
// Rounds, so that a slow moment of the machine falls on every case alike.
for (let round = 0; round < ROUNDS_MIN || performance.now() < end; round++) {
  for (const [name, words] of Object.entries(cases)) {
    const startedAt = performance.now()
    const { status, stderr } = run(words)
    times[name].push(performance.now() - startedAt)
    if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`)
  }
}
rmSync(folder, { recursive: true })

const rows = Object.entries(times).map(([name, measured]) => {
  measured.sort((a, b) => a - b)
  return { case: name, ms: Math.round(measured[measured.length >> 1]), minMs: Math.round(measured[0]) }
})
const targets = cliTargets(rows)

report(
  rows,
  targets,
  {
    heading: ['case', 'ms', 'min ms'],
    cells: (row) => [row.case, String(row.ms), String(row.minMs)],
  },
  { json, check },
)
