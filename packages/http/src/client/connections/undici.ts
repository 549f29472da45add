import type * as Undici from 'undici'
// @ts-expect-error -- the types describe the package as a whole
import buildConnector from 'undici/lib/core/connect.js'
// @ts-expect-error -- the types describe the package as a whole
import UnwrapHandler from 'undici/lib/handler/unwrap-handler.js'
// @ts-expect-error -- the types describe the package as a whole
import Client from 'undici/lib/dispatcher/client.js'

/**
 * The parts of the transport that are used, each from its own module: the package's root makes itself the dispatcher of
 * the whole process, and the platform's own `fetch` would then run on it.
 */
export const undici: Pick<typeof Undici, 'buildConnector' | 'Client'> & {
  /** In the older form of a handler, which all dispatchers take, those of tests included. */
  readonly unwrap: (handler: Undici.Dispatcher.DispatchHandler) => Undici.Dispatcher.DispatchHandler
} = {
  buildConnector: buildConnector as typeof Undici.buildConnector,
  Client: Client as typeof Undici.Client,
  unwrap: (UnwrapHandler as typeof undici).unwrap,
}
