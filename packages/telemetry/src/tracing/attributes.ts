import type { Attributes } from '@opentelemetry/api'
import { errorReason } from '../recording/error-reason.js'
import type { IncomingHeaders, IncomingRequest } from '../recording/recorders.js'
import { methodLabel } from './span-name.js'

/** The stable HTTP conventions: a method that nobody knows is `_OTHER`, so that there are few. */
export function methodAttributes(method: string): Attributes {
  const known = methodLabel(method)
  if (known !== '_OTHER') return { 'http.request.method': known }
  return { 'http.request.method': known, 'http.request.method_original': method.slice(0, 40) }
}

/** Host and port of an endpoint, whether it is written as a URL or as `host:port`. */
export function serverAttributes(endpoint: string): Attributes {
  const text = endpoint.includes('://') ? endpoint : `http://${endpoint}`
  if (!URL.canParse(text)) return { 'server.address': endpoint.slice(0, 255) }
  const { hostname, port, protocol } = new URL(text)
  const defaultPort = protocol === 'https:' ? 443 : 80
  return { 'server.address': hostname.replace(/^\[|\]$/g, ''), 'server.port': Number(port) || defaultPort }
}

/** Where an attempt goes, with the names of its query but not their values: secrets travel there. */
export function urlAttributes(endpoint: string, target: string | undefined): Attributes {
  const origin = (endpoint.includes('://') ? endpoint : `http://${endpoint}`).replace(/\/$/, '')
  if (target === undefined || !URL.canParse(origin + target)) return {}
  const url = new URL(origin + target)
  url.username = ''
  url.password = ''
  url.hash = ''
  for (const name of new Set(url.searchParams.keys())) url.searchParams.set(name, 'REDACTED')
  return { 'url.full': url.href.slice(0, URL_CHARACTERS_MAX) }
}

/** Who is asked, as the caller names it, by which version of HTTP, and by what program. */
export function callerAttributes({ headers, httpVersion }: IncomingRequest): Attributes {
  const host = textOf(headers['host']) ?? textOf(headers[':authority'])
  const agent = textOf(headers['user-agent'])
  return {
    ...(host === undefined || host === '' ? {} : serverAttributes(host)),
    ...(httpVersion === undefined ? {} : { 'network.protocol.version': protocolVersion(httpVersion) }),
    ...(agent === undefined ? {} : { 'user_agent.original': agent.slice(0, AGENT_CHARACTERS_MAX) }),
  }
}

/** The conventions write `2` where Node writes `2.0`. */
const protocolVersion = (version: string): string => version.replace(/^([23])\.0$/, '$1')

const textOf = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.[0]

/** What a request asks for, without its query, where secrets travel. */
export function targetAttributes(target: string | undefined, headers: IncomingHeaders): Attributes {
  const scheme = headers['x-forwarded-proto'] === 'https' ? 'https' : 'http'
  if (target === undefined) return { 'url.scheme': scheme }
  const path = target.split('?', 1)[0] ?? ''
  return { 'url.scheme': scheme, 'url.path': path.slice(0, PATH_CHARACTERS_MAX) }
}

const PATH_CHARACTERS_MAX = 1_024
const URL_CHARACTERS_MAX = 2_048
const AGENT_CHARACTERS_MAX = 255

/** What to call a failure: the error's code or class, else the status; undefined when there was none. */
export function errorType(status: number, error: unknown, failsFrom: number): string | undefined {
  if (error !== undefined) return errorReason(error)
  return status >= failsFrom ? String(status) : undefined
}
