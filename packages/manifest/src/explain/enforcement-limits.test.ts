import { expect, it } from 'vitest'
import { readManifest } from '../reading/read-manifest.js'
import { inexpressible } from './enforcement-limits.js'

/** What the sidecar and the process cannot do of a call with these words. */
function limits(call: string): { readonly process: string[]; readonly sidecar: string[] } {
  const { system } = readManifest(
    `watertight: v1
system: shop
services:
  a: { calls: { b: { ${call} } } }
  b: { port: 7001 }
`,
    'watertight.yaml',
  )
  const [found] = system!.model.calls
  const parts = (point: 'process' | 'sidecar'): string[] =>
    inexpressible(found!, point).map(({ part }) => part)
  return { process: parts('process'), sidecar: parts('sidecar') }
}

it('says that a sidecar enforces nothing of what it observes, and reports little of it', () => {
  expect(limits('mode: observe')).toEqual({ process: [], sidecar: ['mode: observe'] })
})

it.each([
  ['timeout: { connect: 1s, attempt: 1s, total: 9s, idle: 5s }'],
  ['retry: { attempts: 3, on: [503], budget: { ratio: 10%, minimum: 1, concurrency: 2 } }'],
  ['breaker: { slowCalls: { over: 1s, rate: 50% } }'],
  ['bulkhead: { concurrency: 5, queue: 5, maxWait: 1s }'],
  ['adaptiveLimit: { initial: 5, min: 2, max: 50, queue: 5, maxWait: 50ms, algorithm: vegas }'],
  ['ejection: { consecutiveFailures: 2, panic: 50% }'],
  ['rateLimit: { limit: 5, per: 1s, burst: 2 }'],
])('says nothing of what both the process and the sidecar do: %s', (call) => {
  expect(limits(call)).toEqual({ process: [], sidecar: [] })
})

it('says that no sidecar keeps answers', () => {
  expect(limits('fallback: { cache: { maxAge: 5m } }').sidecar).toEqual(['fallback.cache'])
})
