import type { OutgoingHttpHeaders } from 'node:http2'
import type { TransportRequest } from '../transport.js'

/** What is for one connection of HTTP/1.1 alone, and must not be sent here (RFC 9113, section 8.2.2). */
const ofConnection: ReadonlySet<string> = new Set([
  'connection',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

/** The head of a request as the platform takes it. `host` is the name that is asked for, unless a header says another. */
export function http2Fields(
  { method, path, headers }: TransportRequest,
  scheme: string,
  host: string,
): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = {
    ':method': method,
    ':scheme': scheme,
    ':authority': host,
    ':path': path,
  }
  let listed: readonly string[] = []
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]!.toLowerCase()
    const value = headers[index + 1]!
    if (name === 'host') fields[':authority'] = value
    else if (name === 'connection') listed = value.toLowerCase().split(/\s*,\s*/)
    else if (name === 'te' ? value === 'trailers' : !ofConnection.has(name))
      fields[name] = joined(name, fields[name] as string | undefined, value)
  }
  for (const name of listed) delete fields[name]
  return fields
}

/** The platform sends most names once. Lists are joined as RFC 9110, section 5.3 says, and cookies in their own way. */
function joined(name: string, former: string | undefined, value: string): string {
  return former === undefined ? value : `${former}${name === 'cookie' ? '; ' : ', '}${value}`
}
