import { defineConfig } from 'vitest/config'
import { testSettings } from './house/test-settings.js'

/**
 * The packages as they are published: packed, installed elsewhere, compiled by every compiler that they promise, and run
 * beside frameworks, test doubles and runtimes that nobody who works on the packages has to install.
 */
export default defineConfig({
  resolve: testSettings.resolve,
  test: {
    include: [
      'house/packed/*.packed.test.ts',
      'packages/*/test/**/*.packed.test.ts',
      // Of the workspace too, where they run over other frameworks.
      'packages/http/test/adapters/contract.test.ts',
      'packages/http/test/adapters/mount-path-of.test.ts',
      'packages/durable/test/idempotency/servers.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: './house/packed/setup.ts',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: testSettings.test.hookTimeout,
    expect: testSettings.test.expect,
    retry: testSettings.test.retry,
  },
})
