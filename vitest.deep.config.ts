import { defineConfig } from 'vitest/config'
import { testSettings } from './house/test-settings.js'

const wholeSystems = 'examples/*/test/*.deep.test.ts'

/** Tests that draw their cases at random, once more with more of them. */
const drawn = [
  'packages/policy/test/{random-pipelines,drivers,decision-laws}.test.ts',
  'packages/policy/test/rules/happy-path.test.ts',
  'packages/manifest/src/findings/fuzz.test.ts',
  'packages/manifest/src/source/plain-yaml.test.ts',
]

/**
 * What takes longer than a working day's `npm test` may: large samples, exhaustive explorations, long stories. Those that
 * start a whole system of processes have the machine to themselves, one after the other, after all others.
 */
export default defineConfig({
  resolve: testSettings.resolve,
  test: {
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 300_000,
    hookTimeout: testSettings.test.hookTimeout,
    server: testSettings.test.server,
    expect: testSettings.test.expect,
    retry: testSettings.test.retry,
    projects: [
      {
        extends: true,
        test: {
          name: 'deep',
          include: [
            'packages/*/{src,test}/**/*.deep.test.ts',
            'conformance/test/*.deep.test.ts',
            'examples/*/test/*/**/*.deep.test.ts',
            ...drawn,
          ],
          env: {
            WATERTIGHT_FUZZ: process.env['WATERTIGHT_FUZZ'] ?? '2000',
            RANDOM_RUNS: process.env['RANDOM_RUNS'] ?? '1000',
          },
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'systems', include: [wholeSystems], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
})
