import { defineConfig } from 'vitest/config'

/** What takes longer than a working day's `npm test` may: large samples, exhaustive explorations, long stories. */
export default defineConfig({
  test: {
    include: [
      'packages/*/{src,test}/**/*.deep.test.ts',
      'examples/*/{src,test}/**/*.deep.test.ts',
      'conformance/**/*.deep.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**'],
    maxWorkers: 2,
    testTimeout: 300_000,
    expect: { poll: { timeout: 10_000 } },
  },
})
