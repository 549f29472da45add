import { readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { MutationRunner } from './mutation-runner.js'
import { mutations, type Mutation } from './mutations.js'
import { root } from './sources.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Further tests beside those that lie in the folder of a file. */
    tests: { type: 'string', multiple: true, default: [] },
    seconds: { type: 'string', default: '600' },
    /** Decides which mutations are tried first, when there is no time for all. */
    seed: { type: 'string', default: '1' },
    /** The number of one mutation of one file. */
    only: { type: 'string' },
  },
})

interface Numbered {
  readonly path: string
  readonly number: number
  readonly mutation: Mutation
}

async function main(): Promise<void> {
  const runner = new MutationRunner()
  const endsAt = performance.now() + Number(values.seconds) * 1_000
  const all = positionals.flatMap(filesAt).flatMap((path) => shuffled(numbered(path), Number(values.seed)))
  const counts = { killed: 0, survived: 0 }
  try {
    const patienceMs = 20_000 + 10 * (await passAsTheyAre(runner, all))
    for (const one of all) {
      if (performance.now() > endsAt) break
      const { path, mutation } = one
      const passed = await runner.run({ path, mutation, tests: testsOf(path) }, patienceMs)
      counts[passed ? 'survived' : 'killed'] += 1
      if (passed) console.log(told(one))
    }
    // Whatever stopped the tests meanwhile would have passed for a mutation found.
    await passAsTheyAre(runner, all)
  } finally {
    runner.stop()
  }
  const tried = counts.killed + counts.survived
  console.log(
    `${tried} of ${all.length} mutations tried: ${counts.killed} killed, ${counts.survived} survived`,
  )
}

/** Answers how many milliseconds the slowest of them took. */
async function passAsTheyAre(runner: MutationRunner, all: readonly Numbered[]): Promise<number> {
  let slowestMs = 0
  for (const path of new Set(all.map(({ path: file }) => file))) {
    const startedAt = performance.now()
    const passed = await runner.run({ path, tests: testsOf(path) }, 600_000)
    if (!passed) throw new Error(`cannot mutate ${path}: its tests must pass as they are, and fail`)
    slowestMs = Math.max(slowestMs, performance.now() - startedAt)
  }
  return Math.ceil(slowestMs)
}

function filesAt(path: string): string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path]
  return readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => `${path.replace(/\/$/, '')}/${name}`)
    .toSorted()
}

function numbered(path: string): Numbered[] {
  const found = mutations(path, readFileSync(join(root, path), 'utf8'))
  const each = found.map((mutation, index) => ({ path, number: index + 1, mutation }))
  return values.only === undefined ? each : each.filter(({ number }) => String(number) === values.only)
}

function testsOf(path: string): string[] {
  return [`${dirname(path)}/`, ...values.tests]
}

function told({ path, number, mutation }: Numbered): string {
  const text = readFileSync(join(root, path), 'utf8')
  const { start, end, replacement, line } = mutation
  const was = text.slice(start, end).replaceAll(/\s+/g, ' ')
  const replay = [path, '--only', number, ...values.tests.flatMap((tests) => ['--tests', tests])].join(' ')
  return `${path}:${line}  ${text.split('\n')[line - 1]?.trim()}
    survived: ${was.length > 60 ? `${was.slice(0, 57)}...` : was}  ->  ${replacement === '' ? 'nothing' : replacement}
    again: npm run mutate -- ${replay}`
}

/** Fisher and Yates, with the generator of Park and Miller. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const mixed = [...items]
  let state = seed
  for (let last = mixed.length - 1; last > 0; last--) {
    state = (state * 48_271) % 2_147_483_647
    const other = state % (last + 1)
    ;[mixed[last], mixed[other]] = [mixed[other]!, mixed[last]!]
  }
  return mixed
}

await main()
