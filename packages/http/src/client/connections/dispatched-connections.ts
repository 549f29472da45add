import type { Dispatcher } from 'undici'
import { asDispatched } from './as-dispatched.js'
import type { Connections } from './transport.js'

/** The connections of a dispatcher of undici's, such as a `ProxyAgent` or a `MockAgent`: whatever it does with a request. */
export function dispatchedConnections(dispatcher: Dispatcher, origin: string): Connections {
  return {
    full: false,
    acquire: () => ({
      dispatch: (request, listener) => {
        dispatcher.dispatch({ ...asDispatched(request), headers: byName(request.headers), origin }, listener)
      },
      release: () => {},
      discard: () => {},
    }),
    // It is its owner's to close.
    close: () => Promise.resolve(),
    destroy: () => Promise.resolve(),
  }
}

/** As names with their values, the form that dispatchers of users look into. */
function byName(flat: readonly string[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (let index = 0; index < flat.length; index += 2) {
    const name = flat[index]!
    const value = flat[index + 1]!
    const known = headers[name]
    headers[name] = known === undefined ? value : [known, value].flat()
  }
  return headers
}

/** Where undici and the platform's `fetch` keep the dispatcher of the process. */
const globalDispatcher = Symbol.for('undici.globalDispatcher.1')

/**
 * The `MockAgent` that a test has put in place of the network for the whole process, if it has: a client that went past
 * it would call the real thing.
 */
export function mockAgent(): Dispatcher | undefined {
  const found = (globalThis as { [globalDispatcher]?: Dispatcher & { isMockActive?: unknown } })[
    globalDispatcher
  ]
  return found?.isMockActive === true ? found : undefined
}
