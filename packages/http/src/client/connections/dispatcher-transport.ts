import type { Dispatcher } from 'undici'
import type { Transport, TransportRequest } from './transport.js'

/** Carries requests by a dispatcher of undici's, such as a `ProxyAgent` or a `MockAgent`: whatever it does with them. */
export function dispatcherTransport(dispatcher: Dispatcher): Transport {
  return {
    open: (_origin, namedOrigin) => ({
      full: false,
      acquire: () => ({
        dispatch: (request, listener) => {
          const { headers, ...sent } = request as Dispatcher.DispatchOptions & TransportRequest
          dispatcher.dispatch({ ...sent, headers: byName(headers), origin: namedOrigin }, listener)
        },
        release: () => {},
        discard: () => {},
      }),
      // It is its owner's to close.
      close: () => Promise.resolve(),
      destroy: () => Promise.resolve(),
    }),
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
