import type { ServerResponse } from 'node:http'

const TYPE = /^text\/event-stream\b/i
const IN_HEAD = /\r\ncontent-type: *text\/event-stream\b/i

/**
 * Whether the answer that has begun is a stream of events. Headers that were handed to `writeHead` alone are kept nowhere
 * but in the head as it was sent, which Node has under a name that logging middleware has made public.
 */
export function isEventStream(response: ServerResponse): boolean {
  const { _header: head } = response as { readonly _header?: unknown }
  return typeof head === 'string' ? IN_HEAD.test(head) : TYPE.test(String(response.getHeader('content-type')))
}
