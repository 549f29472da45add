import type { LoadRequest } from '@watertight/supervisor'
import { suggest } from '@watertight/manifest/tooling'
import type { CommandError } from '../program/command-error.js'
import { wrongWord } from '../program/wrong-word.js'

export const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const KEYS = ['method', 'to', 'path', 'headers', 'body']

/** A request that somebody has written down: `{ method, to, path, headers, body }`, of which only `path` has to be there. */
export function checkedRequest(given: unknown, what: string): LoadRequest {
  if (typeof given !== 'object' || given === null) throw wrong(what, 'must be an object', given)
  const unknown = Object.keys(given).find((key) => !KEYS.includes(key))
  if (unknown !== undefined) throw wrong(what, `has an unknown key ${unknown}: ${suggest(unknown, KEYS)}`)
  const {
    path,
    to,
    body,
    headers = {},
    method = body === undefined ? 'GET' : 'POST',
  } = given as Record<string, unknown>
  if (typeof path !== 'string' || !/^\/\S*$/.test(path))
    throw wrong(`path of ${what}`, 'must be text that begins with /', path)
  if (typeof method !== 'string' || !METHODS.includes(method))
    throw wrong(`method of ${what}`, `must be one of ${METHODS.join(', ')}`, method)
  if (!isTexts(headers)) throw wrong(`headers of ${what}`, 'must be an object of texts', headers)
  if (to !== undefined && typeof to !== 'string')
    throw wrong(`to of ${what}`, 'must be the name of a service', to)
  const where = to === undefined ? { path } : { to, path }
  if (body === undefined) return { method, ...where, headers }
  if (typeof body === 'string') return { method, ...where, headers, body }
  // What is not text is meant as JSON.
  return {
    method,
    ...where,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }
}

function isTexts(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).every((one) => typeof one === 'string')
}

function wrong(what: string, why: string, ...given: readonly [] | readonly [unknown]): CommandError {
  const got = given.length === 0 ? '' : `, got ${JSON.stringify(given[0])?.slice(0, 80) ?? 'nothing'}`
  return wrongWord(`cannot send load: ${what} ${why}${got}`)
}
