import { defineConfig } from 'vitest/config'
import { testAlias } from './house/test-alias.js'

/** What starts whole programs, or a framework that replaces objects of its process: each file has a process to itself. */
const alone = [
  'packages/http/test/adapters/*.test.ts',
  'packages/durable/test/idempotency/servers.test.ts',
  'examples/*/{src,test}/**/*.test.ts',
  'house/**/*.test.ts',
  'engines/**/*.test.ts',
]

export default defineConfig({
  resolve: { alias: testAlias },
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
        test: {
          name: 'parts',
          include: ['packages/*/{src,test}/**/*.test.ts', 'conformance/**/*.test.ts'],
          exclude: alone,
          // Importing a part changes nothing in a process, so files share what they import: half of the processor's time.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: alone } },
    ],
  },
})
