import { isIP } from 'node:net'

/** What a page of another site, or a name of its own that leads here, looks like. */
interface CallerHeaders {
  readonly host: string | undefined
  readonly origin: string | undefined
  /** `Sec-Fetch-Site`, as browsers say it. */
  readonly site: string | undefined
}

/**
 * Why a request does not come from the console's own page nor from a program, or undefined. A browser that has another site open
 * can reach this machine too: it names the origin, or the name by which it was led here (DNS rebinding) is in the host.
 */
export function foreignness({ host, origin, site }: CallerHeaders, ownHost: string): string | undefined {
  if (host === undefined || !isOwnName(host, ownHost))
    return `the host must be this machine, got ${host ?? 'none'}`
  if (origin !== undefined && !isSamePlace(origin, host))
    return `the origin must be http://${host}, got ${origin}`
  if (site === 'cross-site' || site === 'same-site') return 'the request comes from a page of another site'
  return undefined
}

/** An address cannot be made to lead elsewhere; a name can. */
function isOwnName(host: string, ownHost: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  if (name === 'localhost' || name === '127.0.0.1' || name === '[::1]') return true
  if (name === ownHost.toLowerCase()) return true
  const isOpen = !isLoopback(ownHost)
  return isOpen && isIP(name.replace(/^\[|\]$/g, '')) !== 0
}

function isSamePlace(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}
