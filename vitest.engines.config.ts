import { delimiter, join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { testSettings } from './house/test-settings.js'
import { enginesFolder } from './engines/locate.js'

export default defineConfig({
  resolve: testSettings.resolve,
  test: {
    include: ['{packages,examples}/*/test/**/*.engine.test.ts', 'conformance/test/**/*.engine.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: './engines/setup.ts',
    env: { PATH: `${join(enginesFolder(), 'bin')}${delimiter}${process.env['PATH'] ?? ''}` },
    maxWorkers: 2,
    testTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
  },
})
