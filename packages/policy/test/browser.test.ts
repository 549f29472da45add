import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { rolldown } from 'rolldown'
import { expect, test } from 'vitest'

/** All that a browser page and an edge runtime both offer and a policy may use. */
const platform = {
  AbortController,
  AbortSignal,
  DOMException,
  clearTimeout,
  performance,
  queueMicrotask,
  setTimeout,
}

const page = `
  import { bulkhead, circuitBreaker, exponential, fallback, pipeline, retry, timeout } from '@watertight/policy'

  const call = pipeline(
    fallback({ value: () => 'fallback' }),
    timeout({ ms: 3_000 }),
    retry({ attempts: 3, backoff: exponential({ initialMs: 1, maxMs: 2, jitter: 'full' }) }),
    circuitBreaker({ window: { calls: 100 }, failureRate: 0.5, openForMs: 30_000 }),
    bulkhead({ concurrency: 10, queue: 10 }),
    timeout({ ms: 1_000 }),
  )
  export const answers = Promise.all([
    call.execute(async ({ attempt, signal }) => {
      if (attempt < 3) throw new Error('not yet')
      return 'attempt ' + attempt + ', aborted ' + signal.aborted
    }),
    call.execute(() => Promise.reject(new Error('never'))),
  ])
`

/** Bundles `page` as a browser build would; an import that the bundle cannot hold is an error, not an external. */
async function bundle(): Promise<string> {
  const build = await rolldown({
    input: 'virtual:page',
    platform: 'browser',
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === 'virtual:page' ? id : null),
        load: (id) => (id === 'virtual:page' ? page : null),
      },
    ],
    onLog: (level, log) => {
      if (level === 'warn') throw new Error(log.message)
    },
  })
  const { output } = await build.generate({ format: 'iife', name: 'page' })
  return output[0].code
}

test('a browser bundle runs a full pipeline without any module of Node', async () => {
  const code = await bundle()
  expect(code).not.toMatch(/node:|\brequire\s*\(/)
  const context = createContext({ ...platform })
  const answers: unknown = await runInContext(`${code}; page.answers`, context)
  expect(answers).toEqual(['attempt 3, aborted false', 'fallback'])
})
