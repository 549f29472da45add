import { join } from 'node:path'
import { root } from './sources.js'

/** What `npm test` starts from, and whatever else runs its tests. */
export const testSettings = {
  /** In tests `fast-check` is the one of the house, which draws from the seed of the run. */
  resolve: { alias: { 'fast-check': join(root, 'house', 'seeded-properties.ts') } },
  test: {
    exclude: [
      '**/node_modules/**',
      '**/dist/**',
      '**/*.engine.test.ts',
      '**/*.deep.test.ts',
      '**/*.packed.test.ts',
    ],
    /** What is compiled already, such as the packages that a test imports by name, runs as it is. */
    server: { deps: { external: [/\/packages\/\w+\/dist\//] } },
    /** How long a test waits for what must come: passed only by what never comes, however busy the machine. */
    testTimeout: 30_000,
    /** A real engine may have to be started first, from a cold disk; one hook that is cut off skips a whole file. */
    hookTimeout: 300_000,
    expect: { poll: { timeout: 20_000 } },
    /**
     * What ran out of time is tried once more, since a machine that others use stands still now and then; whoever sums up
     * the runs names it. What saw something wrong is not: a loss that comes once in a hundred runs is a loss.
     */
    retry: { count: 1, condition: /^Test timed out|Timeout \d+ms exceeded|aborted due to timeout/ },
  },
}
