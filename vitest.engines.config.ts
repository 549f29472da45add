import { delimiter, join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { testSettings } from './house/test-settings.js'
import { enginesFolder } from './engines/locate.js'

/** The folder of another version of Kafka's client, for the tests that run in one process. */
const kafkaClient = process.env['WATERTIGHT_KAFKA_CLIENT']

/** Those that start a whole system of processes have the machine to themselves, one after the other, after all others. */
export default defineConfig({
  resolve: {
    alias: {
      ...testSettings.resolve.alias,
      ...(kafkaClient !== undefined && { '@platformatic/kafka': kafkaClient }),
    },
  },
  test: {
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: './engines/setup.ts',
    env: { PATH: `${join(enginesFolder(), 'bin')}${delimiter}${process.env['PATH'] ?? ''}` },
    testTimeout: 120_000,
    hookTimeout: testSettings.test.hookTimeout,
    server: testSettings.test.server,
    expect: testSettings.test.expect,
    retry: testSettings.test.retry,
    projects: [
      {
        extends: true,
        test: {
          name: 'engines',
          include: ['packages/*/test/**/*.engine.test.ts', 'conformance/test/**/*.engine.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'systems',
          include: ['examples/*/test/**/*.engine.test.ts'],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
