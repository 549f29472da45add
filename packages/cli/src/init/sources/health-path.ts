import { listAt, textAt } from './fields.js'

const SCHEMELESS =
  /\b(?:curl|wget|http)\b[^|&;]{0,200}?\s["']?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::\d{1,5})?(\/[^\s'"?)]*)/

const WITH_SCHEME = /\bhttps?:\/\/[^/\s'"]+(\/[^\s'"?)]*)?/

/**
 * A healthcheck that asks over HTTP names the path: `curl -f http://localhost:8080/healthz`, and without the scheme, as
 * curl and wget take it, `curl localhost/healthz`. A URL without a path asks for `/`.
 */
export function healthPath(service: unknown): string | undefined {
  const list = listAt(service, 'healthcheck', 'test')
  return askedPath((list.length === 0 ? textAt(service, 'healthcheck', 'test') : list.join(' ')) ?? '')
}

/** The path that a command asks for over HTTP. */
export function askedPath(command: string): string | undefined {
  const url = WITH_SCHEME.exec(command)
  return url === null ? SCHEMELESS.exec(command)?.[1] : (url[1] ?? '/')
}
