import type { Dispatcher } from 'undici'
import type { TransportRequest } from './transport.js'

/** A request for undici, which sends any async iterable as a body although its types name streams only. */
export function asDispatched(request: TransportRequest): Dispatcher.DispatchOptions {
  return request as Dispatcher.DispatchOptions
}
