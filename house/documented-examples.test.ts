import { expect, test } from 'vitest'
import { documentedExamples } from './documented-examples.js'
import { sourceFiles } from './sources.js'

const examplesOf = (comment: string, declared: string) =>
  documentedExamples([
    { path: 'packages/policy/src/a.ts', text: `${comment}\nexport ${declared}` },
    { path: 'packages/policy/src/a.test.ts', text: `${comment}\nexport ${declared}` },
  ])

test('an example of a public name gets the names of its package that it does not declare itself', () => {
  const comment = `/**
 * Tries again.
 *
 * @example
 * const timeout = 3
 * const call: Policy = retry({ attempts: timeout })
 * await call.execute(() => 1, { key: 'cache' })
 * @throws {Error} never
 */`
  expect(examplesOf(comment, 'function retry() {}')).toEqual([
    {
      place: 'packages/policy/src/a.ts:1 (retry)',
      code: [
        "import type { Policy } from '@watertight/policy'",
        "import { retry } from '@watertight/policy'",
        'const timeout = 3',
        'const call: Policy = retry({ attempts: timeout })',
        "await call.execute(() => 1, { key: 'cache' })",
      ].join('\n'),
      runs: true,
    },
  ])
})

test('names come from the subpath that exports them, and a fence of no-run is compiled only', () => {
  const comment = '/**\n * @example\n * ```ts no-run\n * const clock = virtualClock()\n * ```\n */'
  expect(examplesOf(comment, 'const virtualClock = 1')).toMatchObject([
    {
      code: "import { virtualClock } from '@watertight/policy/testing'\nconst clock = virtualClock()",
      runs: false,
    },
  ])
})

test('what no package exports has no example to run', () => {
  expect(examplesOf('/** @example inner() */', 'function inner() {}')).toEqual([])
})

test('the examples of this repository are found', () => {
  const places = documentedExamples(sourceFiles()).map(({ place }) => place)
  expect(places.length).toBeGreaterThan(30)
  expect(places.filter((place) => place.includes('(circuitBreaker)'))).toHaveLength(1)
})
