import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { mutations } from './mutations.js'
import { root } from './sources.js'

function mutants(text: string): string[] {
  return mutations('a.ts', text).map(
    ({ start, end, replacement }) => text.slice(0, start) + replacement + text.slice(end),
  )
}

it.each([
  ['a <= b', 'a < b'],
  ['a && !b', 'a || !b'],
  ['a && !b', 'a && b'],
  ['n += 41', 'n -= 41'],
  ['n += 41', 'n += 42'],
  ['let on = true', 'let on = false'],
  ['i++', 'i--'],
  ['if (a) b()', 'if (true) b()'],
  ['if (a) b()', 'if (false) b()'],
  ['if (a) b()', 'if (a) ;'],
  ['class A { refusal() { return this.x } }', 'class A { refusal() {} }'],
])('%s becomes %s', (text, mutant) => {
  expect(mutants(text)).toContain(mutant)
})

it.each([
  "import a from 'a'",
  'type Two = 1 | 2',
  "throw new Error('text')",
  'class A { constructor() { super() } }',
])('leaves alone what no test could tell apart: %s', (text) => {
  expect(mutants(text)).toEqual([])
})

it(
  'finds the bound that the tests of a file do not hold, and none that they do',
  { timeout: 60_000 },
  async () => {
    const path = 'house/fixtures/mutation/limited.ts'
    const { stdout } = await promisify(execFile)('node', ['house/dist/mutate.js', path], { cwd: root })
    expect(stdout).toContain(`${path}:3  if (value < 0) return 0\n    survived: value < 0  ->  false`)
    expect(stdout).not.toContain(
      `${path}:4  return value > limit ? limit : value\n    survived: value > limit  ->  false`,
    )
    expect(stdout).toMatch(/again: npm run mutate -- house\/fixtures\/mutation\/limited\.ts --only \d+/)
    expect(stdout).toMatch(/\d+ of \d+ mutations tried: \d+ killed, \d+ survived/)
  },
)
