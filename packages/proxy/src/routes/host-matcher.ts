import type { RequestHead } from '../http1/index.js'
import { knownHeaders } from '../http1/index.js'

/** Whether the host of a request is one of these: in lower case, `*.` in front for all names below. */
export function hostMatcher(hosts: readonly string[]): (head: RequestHead) => boolean {
  const exact = new Set(hosts.filter((host) => !host.startsWith('*.')))
  const below = hosts.filter((host) => host.startsWith('*.')).map((host) => host.slice(1))
  return (head) => {
    const host = hostOf(head)
    return exact.has(host) || below.some((suffix) => host.length > suffix.length && host.endsWith(suffix))
  }
}

/** Without its port and the dot of the root, in lower case. */
function hostOf({ headers }: RequestHead): string {
  const host = headers.valueOf(knownHeaders.host)?.toLowerCase() ?? ''
  return host.replace(/:\d*$/, '').replace(/\.$/, '')
}
