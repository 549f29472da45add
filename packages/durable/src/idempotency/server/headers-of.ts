import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { KeptAnswer } from '../answer/kept-answer.js'

/** Headers of this connection, of this moment, or of what the body turns out to be: they are made anew each time. */
export const OF_THE_MOMENT: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * The headers that a handler has set, as it wrote them. What stood there `before` belongs to middleware further out, which
 * sets it anew for each request: an id, what an origin may see, how much of a rate is left.
 */
export function headersOf(response: ServerResponse, before: OutgoingHttpHeaders): KeptAnswer['headers'] {
  return rawNames(response).flatMap((name) => {
    const lower = name.toLowerCase()
    const value = response.getHeader(name)
    if (value === undefined || OF_THE_MOMENT.has(lower) || before[lower] === value) return []
    return [[name, Array.isArray(value) ? value : String(value)] as const]
  })
}

/** The declarations of Node have it for requests alone. */
function rawNames(response: ServerResponse): string[] {
  return (response as unknown as { getRawHeaderNames(): string[] }).getRawHeaderNames()
}
