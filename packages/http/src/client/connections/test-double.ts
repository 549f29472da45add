import type { Dispatcher } from 'undici'
import { dispatcherTransport } from './dispatcher-transport.js'
import { fetchTransport, isCarriedByFetch } from './fetch-transport.js'
import type { Transport } from './transport.js'

/** Where undici and the platform's `fetch` keep the dispatcher of the process. */
const globalDispatcher = Symbol.for('undici.globalDispatcher.1')
/** Where msw 2 and nock 14 keep what has taken the place of the platform's `fetch`, as long as it is there. */
const fetchInterceptor = Symbol.for('fetch-interceptor')

interface Doubles {
  readonly [globalDispatcher]?: Dispatcher & { readonly isMockActive?: unknown }
  readonly [fetchInterceptor]?: unknown
}

/**
 * What a test has put in place of the network for the whole process, if it has: a client that went past it would call
 * the real thing. That is undici's `MockAgent`, or the interceptor of msw or nock. Their next versions intercept sockets,
 * the client's among them, and leave nothing to look for.
 */
export function testDouble(): Transport | undefined {
  const { [globalDispatcher]: dispatcher, [fetchInterceptor]: interceptor } = globalThis as Doubles
  if (dispatcher?.isMockActive === true) return dispatcherTransport(dispatcher)
  // Whatever it lets pass comes back to this client where that is the `fetch` of the process, and goes to the network.
  return interceptor === undefined || isCarriedByFetch() ? undefined : intercepted
}

const intercepted = fetchTransport()
