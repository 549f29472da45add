import { listAt, textAt } from './fields.js'

const SCHEMELESS =
  /\b(?:curl|wget|http)\b[^|&;]{0,200}?\s["']?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::\d{1,5})?(\/[^\s'"?)]*)/

const WITH_SCHEME = /\bhttps?:\/\/([^/\s'"]+)(\/[^\s'"?)]*)?/
/** This machine, as a check inside of the container names it; a variable stands for it too. */
const HERE = /^(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|\$.*)(?::\S*)?$/i

/**
 * A healthcheck that asks over HTTP names the path: `curl -f http://localhost:8080/healthz`, and without the scheme, as
 * curl and wget take it, `curl localhost/healthz`. A URL without a path asks for `/`.
 */
export function healthPath(name: string, service: unknown): string | undefined {
  const list = listAt(service, 'healthcheck', 'test')
  const names = [name, textAt(service, 'hostname'), textAt(service, 'container_name')]
  return askedPath((list.length === 0 ? textAt(service, 'healthcheck', 'test') : list.join(' ')) ?? '', names)
}

/** The path that a command asks for over HTTP of the container that it runs in, which has these names; not of another. */
export function askedPath(command: string, names: readonly (string | undefined)[] = []): string | undefined {
  const url = WITH_SCHEME.exec(command)
  if (url === null) return SCHEMELESS.exec(command)?.[1]
  const host = url[1] ?? ''
  return HERE.test(host) || names.includes(host.replace(/:\S*$/, '')) ? (url[2] ?? '/') : undefined
}
