/** One place where a service is reached. */
export interface EndpointModel {
  /** A name or an address; one of IPv6 without brackets. */
  readonly host: string
  readonly port: number
  /** Over TLS, by `https://`. */
  readonly tls: boolean
}

/**
 * Reads `host:port`, `[::1]:7001` or a URL without a path, whose scheme names a port where none is written. Undefined
 * where there is no port from 1 to 65535.
 */
export function readEndpoint(text: string): EndpointModel | undefined {
  const [, scheme, inBrackets, name, digits] = ENDPOINT.exec(text) ?? []
  const host = inBrackets ?? name
  const port = digits === undefined ? portOf[scheme ?? ''] : Number(digits)
  if (host === undefined || port === undefined || port < 1 || port > 65_535) return undefined
  return { host: host.toLowerCase(), port, tls: scheme === 'https' }
}

const ENDPOINT = /^(?:(https?):\/\/)?(?:\[([^\]]+)\]|([^:/[\]]+))(?::(\d+))?$/

const portOf: Readonly<Record<string, number>> = { http: 80, https: 443 }

/** An endpoint as the document writes it. */
export function formatEndpoint({ host, port, tls }: EndpointModel): string {
  return `${tls ? 'https://' : ''}${host.includes(':') ? `[${host}]` : host}:${port}`
}
