import { type RequestHead, UNTIL_CLOSE } from '../http1/index.js'

/** Their callers may go on in another protocol at once, or are after what others have said. */
const tunnelMethods: ReadonlySet<string> = new Set(['CONNECT', 'TRACE'])

/** Whether a connection ends with the answer to this request, by what the two say to one another. */
export function closesAfter(request: RequestHead, bodyLength: number): boolean {
  return (
    !request.keepAlive ||
    // What follows may have been meant for the tunnel that there is none of.
    tunnelMethods.has(request.method) ||
    (request.minorVersion === 0 && bodyLength === UNTIL_CLOSE)
  )
}
