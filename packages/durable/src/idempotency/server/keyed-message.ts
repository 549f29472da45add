import type { IncomingMessage } from 'node:http'
import type { KeyedRequest } from '../request/keyed-request.js'

/** A message of `node:http`, as Express has changed it or not, in the form that the middleware reads. */
export function keyedMessage(message: IncomingMessage, route: string | undefined): KeyedRequest {
  // Below a router, Express shortens `url`, and keeps what was sent here.
  const { originalUrl } = message as { originalUrl?: unknown }
  const url = typeof originalUrl === 'string' ? originalUrl : (message.url ?? '')
  const mark = url.indexOf('?')
  const path = mark === -1 ? url : url.slice(0, mark)
  return {
    method: message.method ?? '',
    path,
    query: mark === -1 ? '' : url.slice(mark + 1),
    route: route ?? path,
    header: (name) => {
      const value = message.headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    },
    native: message,
  }
}
