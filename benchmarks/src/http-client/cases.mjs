import { Agent, fetch as undiciFetch, Pool, request } from 'undici'
import { createFetch } from '../../../packages/http/dist/index.js'

/**
 * Each case makes one call and reads its JSON.
 * @param {string} origin
 * @param {number} inFlight
 * @returns {{ case: string, call: () => Promise<unknown> }[]}
 */
export function clientCases(origin, inFlight) {
  const path = '/orders/o-1'
  const url = origin + path
  const guarded = everyPolicy(origin)
  // A dispatcher of its own for each peer, or they would share connections.
  const [requestAgent, fetchAgent] = [
    new Agent({ connections: inFlight }),
    new Agent({ connections: inFlight }),
  ]
  const pool = new Pool(origin, { connections: inFlight })
  return [
    { case: 'watertight client', call: async () => (await guarded(path)).json() },
    {
      case: 'undici request',
      call: async () => (await request(url, { dispatcher: requestAgent })).body.json(),
    },
    {
      case: 'undici pool request',
      call: async () => (await pool.request({ path, method: 'GET' })).body.json(),
    },
    {
      case: 'undici fetch',
      call: async () => (await undiciFetch(url, { dispatcher: fetchAgent })).json(),
    },
    { case: 'global fetch', call: async () => (await fetch(url)).json() },
  ]
}

/** A client with every policy on that a manifest can name. */
function everyPolicy(origin) {
  return createFetch({
    endpoints: [origin],
    timeout: { connectMs: 1_000, responseHeadersMs: 800, bodyIdleMs: 800, attemptMs: 1_000, totalMs: 3_000 },
    retry: { attempts: 3, on: ['5xx', 'connect-failure', 'refused-stream', 'reset'] },
    breaker: { window: { calls: 100 }, failureRate: 0.5, slowCalls: { overMs: 800, rate: 0.8 } },
    bulkhead: { concurrency: 100, queue: 100 },
    rateLimit: { limit: 100_000, perMs: 1_000 },
    hedge: { delayMs: 500, extra: 1 },
    ejection: { consecutiveFailures: 5 },
    balance: 'least-request',
    fallback: { status: 200, body: { status: 'unknown' } },
    operations: { 'GET /orders/:id': true },
  })
}
