import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { readRequestId, REQUEST_ID_HEADER } from '@watertight/traffic'
import { randomId } from '../../runtime/random.js'

/** One header, by its name in lower case. A header that may come once and came more often has no value. */
export function header({ headers }: Pick<IncomingMessage, 'headers'>, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

/** The caller's id for the request, or a new one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  return readRequestId(headers[REQUEST_ID_HEADER]) ?? randomId()
}
