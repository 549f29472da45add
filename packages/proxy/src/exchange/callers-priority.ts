import { PRIORITY_HEADER, readPriority } from '@watertight/traffic'
import type { Caller } from './caller.js'
import { proxyHeaderNames } from './proxy-headers.js'

const priorityHeader = proxyHeaderNames.id(PRIORITY_HEADER)

/** How important a request is, in queues and where some is shed. Only those may say who are trusted. */
export function callersPriority({ request: { headers }, isTrusted }: Caller): number {
  return isTrusted ? readPriority(headers.valueOf(priorityHeader)) : 0
}
