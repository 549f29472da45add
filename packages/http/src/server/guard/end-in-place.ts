import type { ServerResponse } from 'node:http'
import { type FaultEnd, resetConnection } from '@watertight/traffic'

/** Ends a request in the way that a fault says, in place of its handler. */
export function endInPlace(response: ServerResponse, end: FaultEnd): void {
  if (response.destroyed) return
  if (typeof end === 'number') {
    for (const name of response.getHeaderNames()) response.removeHeader(name)
    response.writeHead(end, { 'content-length': '0' })
    response.end()
  } else if (end === 'reset' || end === 'cut') {
    const { socket } = response
    if (socket === null) response.destroy()
    else resetConnection(socket)
  }
  // Whoever hangs or stalls sends nothing more.
}
