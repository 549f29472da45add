import { readPercentage, readText, readWhole } from '../settings/read.js'
import type { Setting } from '../settings/setting.js'
import { Block } from '../writing/block.js'
import { quotedList } from '../writing/quoted.js'
import { putText } from './put-text.js'

const PATH = /^\/\S{0,500}$/
const HOST = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,250}$/
const TOKEN = /^[!#$%&'*+.^_`|~A-Za-z0-9-]{1,200}$/

/** What the filters of a rule of the Gateway API come to: an answer of the gateway's own, or changes on the way. */
export interface RouteFilters {
  readonly redirect: Block | undefined
  readonly changes: Block
}

export function routeFilters(
  rule: Setting,
  serviceOf: (name: Setting, namespace: string | undefined) => string,
): RouteFilters {
  let redirect: Block | undefined
  const [changes, headers] = [new Block(), new Block()]
  for (const filter of rule.at('filters')?.items ?? []) {
    const type = filter.at('type')
    const part = filter.at(keyOf(type?.text ?? ''))
    if (part === undefined) continue
    const before = { redirect, ...counts(changes, headers) }
    if (type?.text === 'RequestRedirect') redirect ??= redirectOf(part)
    else if (type?.text === 'URLRewrite') nestOnce(changes, 'rewrite', pathOf(part, new Block(), 'host'))
    else if (type?.text === 'RequestMirror') nestOnce(changes, 'mirror', mirrorOf(part, serviceOf))
    else if (type?.text === 'RequestHeaderModifier') nestOnce(headers, 'request', headersOf(part))
    else if (type?.text === 'ResponseHeaderModifier') nestOnce(headers, 'response', headersOf(part))
    const after = { redirect, ...counts(changes, headers) }
    if (before.redirect !== after.redirect || before.all !== after.all) type?.use()
  }
  if (!headers.empty) changes.nest('headers', headers)
  return { redirect, changes }
}

/** `RequestRedirect` stands below `requestRedirect`, and `URLRewrite` below `urlRewrite`. */
function keyOf(type: string): string {
  return type === 'URLRewrite' ? 'urlRewrite' : `${type.slice(0, 1).toLowerCase()}${type.slice(1)}`
}

function counts(...blocks: readonly Block[]): { readonly all: number } {
  return { all: blocks.reduce((sum, block) => sum + block.lines().length, 0) }
}

function nestOnce(block: Block, key: string, below: Block): void {
  if (!below.empty && !block.has(key)) block.nest(key, below)
}

function redirectOf(redirect: Setting): Block | undefined {
  const block = new Block()
  putText(block, 'scheme', redirect.at('scheme'), /^https?$/, 'http or https')
  pathOf(redirect, block, 'host')
  const port = readWhole(redirect.at('port'), 1, 65_535)
  if (port !== undefined) block.from('port', port.value, port.from)
  if (block.empty) return undefined
  const code = redirect.at('statusCode')
  if (code === undefined) return block.put('status', 302, 'the default of the Gateway API')
  return putText(block, 'status', code, /^30[12378]$/, '301, 302, 303, 307 or 308')
}

/** `hostname` and `path`, which redirects and rewrites have alike. */
function pathOf(change: Setting, block: Block, hostKey: string): Block {
  putText(block, hostKey, change.at('hostname'), HOST, 'a host name')
  const path = change.at('path')
  const whole = path?.at('replaceFullPath')
  const prefix = whole === undefined ? path?.at('replacePrefixMatch') : undefined
  putText(block, 'path', whole, PATH, 'a path that starts with /')
  putText(block, 'prefix', prefix, PATH, 'a path that starts with /')
  if (block.has('path') || block.has('prefix')) path?.at('type')?.use()
  return block
}

function mirrorOf(
  mirror: Setting,
  serviceOf: (name: Setting, namespace: string | undefined) => string,
): Block {
  const block = new Block()
  const backend = mirror.at('backendRef')
  const kind = backend?.at('kind')?.text ?? 'Service'
  const name = kind === 'Service' ? readText(backend?.at('name')) : undefined
  if (backend === undefined || name === undefined) return block
  backend.useKeys('kind', 'group', 'namespace')
  block.from('to', serviceOf(name.from, backend.at('namespace')?.text), name.from)
  const percent = readPercentage(mirror.at('percent'))
  if (percent !== undefined) return block.from('share', percent.value, percent.from)
  const numerator = readWhole(mirror.at('fraction', 'numerator'), 0, 1_000_000_000)
  if (numerator === undefined) return block
  const denominator = readWhole(mirror.at('fraction', 'denominator'), 1, 1_000_000_000)?.value ?? 100
  const share = Math.min(100, Number(((numerator.value / denominator) * 100).toFixed(4)))
  return block.from('share', `${share}%`, numerator.from, `of ${denominator}`)
}

function headersOf(modifier: Setting): Block {
  const block = new Block()
  for (const key of ['set', 'add']) {
    const map = new Block()
    for (const item of modifier.at(key)?.items ?? []) {
      const [name, value] = [item.at('name'), item.at('value')]
      const isPlain = typeof value?.scalar === 'string' && /^[\t -~]{0,4000}$/.test(value.scalar)
      if (name === undefined || !isPlain || !TOKEN.test(name.text) || map.has(JSON.stringify(name.text)))
        continue
      map.from(JSON.stringify(name.use().text), JSON.stringify(value.use().text), value)
    }
    if (!map.empty) block.nest(key, map)
  }
  const list = modifier.at('remove')
  const names = (list?.items ?? []).filter(({ text }) => TOKEN.test(text))
  for (const name of names) name.use()
  if (list !== undefined && names.length > 0)
    block.from('remove', quotedList(names.map(({ text }) => text)), list)
  return block
}

/** Headers or parameters of the query that a match names: undefined when a manifest cannot say one of them. */
export function matchedValues(
  list: Setting | undefined,
  allowed: (pattern: string) => boolean,
): Block | undefined {
  const block = new Block()
  for (const item of list?.items ?? []) {
    const [name, value] = [item.at('name'), item.at('value')]
    const type = item.at('type')?.text ?? 'Exact'
    const text = value?.scalar === undefined || value.scalar === null ? '' : value.text
    const isKnown = item.entries.every(({ key }) => ['name', 'value', 'type'].includes(key))
    if (name === undefined || !isKnown || text === '' || text.length > 500 || !TOKEN.test(name.text))
      return undefined
    const key = JSON.stringify(name.text)
    // Of two conditions on one name, the first holds there.
    if (block.has(key)) return undefined
    if (type === 'Exact') block.from(key, JSON.stringify(text), value ?? item, name.text)
    else if (type === 'RegularExpression' && allowed(text))
      block.from(key, `{ regex: ${JSON.stringify(text)} }`, value ?? item, name.text)
    else return undefined
  }
  return block
}
