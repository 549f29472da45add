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
