import type { Attributes } from '@opentelemetry/api'
import { errorReason } from '../recording/error-reason.js'
import type { IncomingHeaders } from '../recording/recorders.js'

const METHODS: readonly string[] = [
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
]

/** The stable HTTP conventions: a method that nobody knows is `_OTHER`, so that there are few. */
export function methodAttributes(method: string): Attributes {
  const known = METHODS.includes(method.toUpperCase())
  return known
    ? { 'http.request.method': method.toUpperCase() }
    : { 'http.request.method': '_OTHER', 'http.request.method_original': method.slice(0, 40) }
}

/** `POST /charges`, from a route with or without its method; an unknown method is `HTTP`. */
export function spanName(method: string, route: string): string {
  const upper = method.toUpperCase()
  const verb = METHODS.includes(upper) ? upper : 'HTTP'
  const template = templateOf(method, route)
  return template === '' ? verb : `${verb} ${template}`
}

/** A route without its method; empty where it is `*`, for the conventions name no route that is not known. */
export function templateOf(method: string, route: string): string {
  const hasMethod = route.toUpperCase().startsWith(`${method.toUpperCase()} `)
  const template = hasMethod ? route.slice(method.length + 1) : route
  return template === '*' ? '' : template
}

/** Host and port of an endpoint, whether it is written as a URL or as `host:port`. */
export function serverAttributes(endpoint: string): Attributes {
  const text = endpoint.includes('://') ? endpoint : `http://${endpoint}`
  if (!URL.canParse(text)) return { 'server.address': endpoint.slice(0, 255) }
  const { hostname, port, protocol } = new URL(text)
  const defaultPort = protocol === 'https:' ? 443 : 80
  return { 'server.address': hostname.replace(/^\[|\]$/g, ''), 'server.port': Number(port) || defaultPort }
}

/** What a request asks for, without its query, where secrets travel. */
export function targetAttributes(target: string | undefined, headers: IncomingHeaders): Attributes {
  const scheme = headers['x-forwarded-proto'] === 'https' ? 'https' : 'http'
  if (target === undefined) return { 'url.scheme': scheme }
  const path = target.split('?', 1)[0] ?? ''
  return { 'url.scheme': scheme, 'url.path': path.slice(0, PATH_CHARACTERS_MAX) }
}

const PATH_CHARACTERS_MAX = 1_024

/** What to call a failure: the error's code or class, else the status; undefined when there was none. */
export function errorType(status: number, error: unknown, failsFrom: number): string | undefined {
  if (error !== undefined) return errorReason(error)
  return status >= failsFrom ? String(status) : undefined
}
