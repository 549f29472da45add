import { SecureConnector, type UpstreamTls } from '../tls/upstream-tls.js'
import type { ConnectionTarget } from './open-socket.js'

/** Where connections to an origin go. One that begins with `https:` is spoken to in private, whatever `tls` says. */
export function targetOf(
  origin: string,
  tls: UpstreamTls | undefined,
  speaksHttp2: boolean,
): ConnectionTarget {
  const { hostname, port: given, protocol } = new URL(origin)
  const isSecure = protocol === 'https:'
  const host = hostname.replace(/^\[|\]$/g, '')
  const port = Number(given) || (isSecure ? 443 : 80)
  const asked = tls ?? (isSecure ? { credentials: undefined, identity: undefined } : undefined)
  return {
    host,
    port,
    secure: asked && new SecureConnector(asked, host, port, speaksHttp2 ? 'h2' : 'http/1.1'),
  }
}
