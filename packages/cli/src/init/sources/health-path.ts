import { listAt, textAt } from './fields.js'

const SCHEMELESS =
  /\b(?:curl|wget|http)\b[^|&;]{0,200}?\s["']?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::\d{1,5})?(\/[^\s'"?)]*)/

/**
 * A healthcheck that asks over HTTP names the path: `curl -f http://localhost:8080/healthz`, and without the scheme, as
 * curl and wget take it, `curl localhost/healthz`.
 */
export function healthPath(service: unknown): string | undefined {
  const list = listAt(service, 'healthcheck', 'test')
  const text = (list.length === 0 ? textAt(service, 'healthcheck', 'test') : list.join(' ')) ?? ''
  const [, path] = /https?:\/\/[^/\s'"]+(\/[^\s'"?)]*)/.exec(text) ?? SCHEMELESS.exec(text) ?? []
  return path
}
