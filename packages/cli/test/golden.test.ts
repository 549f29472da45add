import { describe, expect, it } from 'vitest'
import { inFolder } from './run-process.js'
import { BAD_MANIFEST, GOOD_MANIFEST } from './manifests.js'
import { watertightHere } from './watertight-here.js'

// What people see, word for word. After a change that is meant: npx vitest run packages/cli/test/golden.test.ts -u
const pages: readonly (readonly [file: string, words: readonly string[]])[] = [
  ['help', ['--help']],
  ...[
    'init',
    'check',
    'explain',
    'graph',
    'types',
    'import',
    'compile',
    'schema',
    'doctor',
    'completion',
    'store',
    'migrate',
    'events',
    'saga',
    'up',
    'logs',
    'console',
    'top',
    'tap',
    'drill',
  ].map((command) => [`help-${command}`, [command, '--help']] as const),
  ['check-bad', ['check', 'bad.yaml']],
  ['check-good', ['check', 'good.yaml']],
  ['check-score', ['check', 'good.yaml', '--score']],
  ['check-github', ['check', 'bad.yaml', '--format', 'github']],
  ['explain-call', ['explain', 'order', '->', 'payment', '--file', 'good.yaml']],
  ['explain-finding', ['explain', 'wt-retry-no-jitter']],
  ['init-example', ['init', '--system', 'shop', '--dry-run']],
]

describe('the words of', () => {
  it.each(pages)('%s', async (file, words) => {
    await inFolder({ 'good.yaml': GOOD_MANIFEST, 'bad.yaml': BAD_MANIFEST }, async (cwd) => {
      const { out, err } = await watertightHere(words, { cwd })
      expect(err).toBe('')
      await expect(out).toMatchFileSnapshot(`golden/${file}.txt`)
    })
  })
})
