import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { alias: { 'fast-check': fileURLToPath(new URL('house/seeded-properties.ts', import.meta.url)) } },
  test: {
    include: [
      'packages/*/{src,test}/**/*.test.ts',
      'examples/*/{src,test}/**/*.test.ts',
      'conformance/**/*.test.ts',
      'conformance/test/**/*.test.ts',
      'house/**/*.test.ts',
      'engines/**/*.test.ts',
    ],
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
  },
})
