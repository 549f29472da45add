import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { SystemModel } from '@watertight/manifest'
import { suggest } from '@watertight/manifest/tooling'
import { defaultRequests, inTurn, type LoadPlan, type LoadRequest } from '@watertight/supervisor'
import { CommandError } from '../program/command-error.js'
import { EXIT } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { checkedRequest, METHODS } from './checked-request.js'

const RATE_MAX = 20_000

/** `50/s`, `300/m`, or `50` for so many a second. */
export function readRate(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(?:\/(s|m))?$/.exec(text) ?? []
  const rate = Number(count) / (unit === 'm' ? 60 : 1)
  if (rate > 0 && rate <= RATE_MAX) return rate
  throw cannot(`--load must be a rate such as 50/s or 300/m, up to ${RATE_MAX}/s, got ${text}`)
}

/** What is to be sent: requests and files that were given, or what can be asked by the document alone. */
export async function readLoadPlan(
  given: readonly string[],
  model: SystemModel,
  terminal: Terminal,
): Promise<LoadPlan> {
  if (given.length === 0) {
    const [first, ...others] = defaultRequests(model)
    if (first !== undefined) return inTurn([reachable(first, model), ...others])
    throw cannot(
      'no route of the gateway has a GET without parameters',
      `say what to send: --load-request 'POST /orders {"sku":"book-42"}', or a file of requests`,
    )
  }
  const [file, another] = given.filter((text) => !isRequest(text))
  if (file === undefined) {
    const [first, ...others] = given.map((text) => reachable(requestOf(text), model)) as [
      LoadRequest,
      ...LoadRequest[],
    ]
    return inTurn([first, ...others])
  }
  if (given.length > 1 || another !== undefined)
    throw cannot('--load-request must be one file, or one request or more', 'put all of them into the file')
  return await planOfFile(file, model, terminal)
}

/**
 * `POST /orders {"sku":"book-42"}`, or `/orders` for a GET, through the gateway; `POST http://order/orders {...}` to the service of
 * that name. Whatever has no path in it is the name of a file.
 */
const REQUEST = /^(?:([A-Za-z]+)[ \t]+)?(?:http:\/\/([a-z][a-z0-9-]*))?(\/\S*)(?:\s+(.+))?$/s

function isRequest(text: string): boolean {
  return REQUEST.test(text) && !/^\/\S+\.(json|[cm]?js|mts|ts)$/.test(text)
}

function requestOf(text: string): LoadRequest {
  const [, word, service, path = '/', body] = REQUEST.exec(text) ?? []
  const method = (word ?? (body === undefined ? 'GET' : 'POST')).toUpperCase()
  if (!METHODS.includes(method)) {
    throw cannot(`--load-request must begin with a method, got ${word}`, suggest(method, METHODS))
  }
  const to = service === undefined ? {} : { to: service }
  if (body === undefined) return { method, ...to, path }
  return {
    method,
    ...to,
    path,
    body,
    headers: { 'content-type': isJson(body) ? 'application/json' : 'text/plain' },
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A list of requests as JSON, or a module that exports one, or a function that makes the request of each number. */
async function planOfFile(name: string, model: SystemModel, terminal: Terminal): Promise<LoadPlan> {
  const file = resolve(terminal.cwd, name)
  const exported = await readRequests(file).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' || code === 'ERR_MODULE_NOT_FOUND' ? 'there is no such file' : message
    const hint = `a request is written as 'POST /orders {"sku":"book-42"}'`
    throw cannot(`cannot read ${name}: ${why}`, hint, error)
  })
  if (typeof exported === 'function') {
    const make = exported as (number: number) => unknown
    const made = (number: number): LoadRequest =>
      reachable(checkedRequest(make(number), `the request of ${name}`), model)
    // What is wrong with it is told before anything is started.
    made(0)
    return { requestOf: made, shown: [`what ${name} makes`] }
  }
  if (!Array.isArray(exported) || exported.length === 0)
    throw cannot(`${name} must hold a list of requests, or a function that makes them`)
  const requests = exported.map((one: unknown, index) =>
    reachable(checkedRequest(one, `request ${index + 1} of ${name}`), model),
  )
  return inTurn(requests as [LoadRequest, ...LoadRequest[]])
}

/** A request goes through a gateway that there is, or to a service that there is. */
function reachable(request: LoadRequest, { services, gateway }: SystemModel): LoadRequest {
  const { to, path } = request
  if (to !== undefined && !services.has(to))
    throw cannot(`there is no service ${to}`, suggest(to, [...services.keys()]))
  if (to !== undefined || gateway.listen !== undefined) return request
  throw cannot(
    'the document has no gateway that listens',
    `write listen below gateway, with a port, or name the service: http://${[...services.keys()][0]}${path}`,
  )
}

async function readRequests(file: string): Promise<unknown> {
  if (file.endsWith('.json')) return JSON.parse(readFileSync(file, 'utf8')) as unknown
  const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown }
  return module.default
}

export function cannot(why: string, hint?: string, cause?: unknown): CommandError {
  const detail = { code: 'WT_USAGE', exitCode: EXIT.usage, cause }
  return new CommandError(`cannot send load: ${why}`, hint === undefined ? detail : { ...detail, hint })
}
