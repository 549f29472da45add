import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** What touches nothing of its process: their test files share what they import, which halves the processor time. */
const pure = '(policy|traffic|manifest|import|deploy)'

export default defineConfig({
  resolve: { alias: { 'fast-check': fileURLToPath(new URL('house/seeded-properties.ts', import.meta.url)) } },
  test: {
    exclude: [
      '**/node_modules/**',
      '**/dist/**',
      '**/*.engine.test.ts',
      '**/*.deep.test.ts',
      '**/*.packed.test.ts',
    ],
    // The machines that run this have two cores; more workers only make the real-process tests compete.
    maxWorkers: 2,
    // How long a test waits for what must come: passed only by what never comes, however busy the machine.
    testTimeout: 30_000,
    expect: { poll: { timeout: 10_000 } },
    projects: [
      {
        extends: true,
        test: { name: 'pure', include: [`packages/@${pure}/{src,test}/**/*.test.ts`], isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'parts',
          include: [
            `packages/!${pure}/{src,test}/**/*.test.ts`,
            'examples/*/{src,test}/**/*.test.ts',
            'conformance/**/*.test.ts',
            'house/**/*.test.ts',
            'engines/**/*.test.ts',
          ],
        },
      },
    ],
  },
})
