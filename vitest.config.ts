import { defineConfig } from 'vitest/config'
import { testSettings } from './house/test-settings.js'

/**
 * What starts whole programs, a framework that replaces objects of its process, takes the place of timers that all share, or
 * has the collector look through all that is in memory: each file has a process to itself.
 */
const alone = [
  'packages/http/test/connection-leaks/*.test.ts',
  'packages/proxy/test/http2-silence.test.ts',
  'packages/http/test/adapters/*.test.ts',
  'packages/durable/test/idempotency/servers.test.ts',
  // Nothing but promises, which are dearer by half in a process in which anything was ever carried along with a request.
  'packages/durable/test/idempotency/crash-schedules.test.ts',
  'engines/**/*.test.ts',
]

export default defineConfig({
  resolve: testSettings.resolve,
  test: {
    ...testSettings.test,
    // One more than the two cores of the machines that run this: a third of a worker's time its tests wait for a socket, a
    // timer or a process that they have started.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['{packages,examples}/*/{src,test}/**/*.test.ts', 'conformance/**/*.test.ts'],
          exclude: alone,
          // Importing a part changes nothing in a process, so files share what they import.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: alone } },
      // The gate runs these, with the rules themselves.
      { extends: true, test: { name: 'house', include: ['house/**/*.test.ts'] } },
    ],
  },
})
