import { goDuration } from '../settings/durations.js'
import {
  durationText,
  readDuration,
  readFlag,
  readPercentage,
  readText,
  readWhole,
  refuse,
} from '../settings/read.js'
import type { Setting } from '../settings/setting.js'
import { Block } from '../writing/block.js'
import { plainName } from '../writing/names.js'
import { quotedList } from '../writing/quoted.js'
import { routeMethods } from '../writing/route-methods.js'
import { putText } from './put-text.js'

const PATH = /^\/\S{0,500}$/
const HOST = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,250}$/
const ORIGIN = /^(\*|https?:\/\/(\*\.)?[A-Za-z0-9][A-Za-z0-9_.-]{0,250}(:\d{1,5})?)$/
const TOKEN = /^[!#$%&'*+.^_`|~A-Za-z0-9-]{1,200}$/

/** What every route may do to a request and its answer, wherever they come from. */
export function requestChanges(route: Setting): Block {
  const changes = new Block()
  for (const [key, block] of [
    ['fault', faultBlock(route.at('fault'))],
    ['headers', headerBlock(route.at('headers'))],
    ['cors', corsBlock(route.at('corsPolicy'))],
  ] as const)
    if (!block.empty) changes.nest(key, block)
  return changes
}

export function rewriteBlock(rewrite: Setting | undefined): Block {
  const block = new Block()
  putText(block, 'prefix', rewrite?.at('uri'), PATH, 'a path that starts with /')
  return putText(block, 'host', rewrite?.at('authority'), HOST, 'a host name')
}

/** Copies of requests; of several places, the first. */
export function mirrorBlock(route: Setting, serviceOf: (host: string) => string): Block {
  const block = new Block()
  const [first] = route.at('mirrors')?.items ?? []
  const one = route.at('mirror')
  const target = one ?? first?.at('destination')
  const host = readText(target?.at('host'))
  if (host === undefined) return block
  block.from('to', serviceOf(host.value), host.from)
  const subset = readText(target?.at('subset'))
  if (subset !== undefined) block.from('version', plainName(subset.value), subset.from)
  const share =
    one === undefined
      ? readPercentage(first?.at('percentage', 'value'))
      : (readPercentage(route.at('mirrorPercentage', 'value')) ?? readPercentage(route.at('mirrorPercent')))
  return share === undefined ? block : block.from('share', share.value, share.from)
}

/** Faults of Istio; one without a percentage strikes nobody there. */
function faultBlock(fault: Setting | undefined): Block {
  const block = new Block()
  const delay = fault?.at('delay')
  const by = readDuration(delay?.at('fixedDelay'), goDuration)
  if (by !== undefined) strike(block, 'delay', delay, new Block().from('by', durationText(by.value), by.from))
  const abort = fault?.at('abort')
  const status = readWhole(abort?.at('httpStatus'), 200, 599)
  if (status !== undefined)
    strike(block, 'abort', abort, new Block().from('status', status.value, status.from))
  return block
}

function strike(block: Block, key: string, fault: Setting | undefined, what: Block): void {
  const share = readPercentage(fault?.at('percentage', 'value')) ?? readPercentage(fault?.at('percent'))
  if (share === undefined) what.put('share', '0%', 'not set, so that Istio strikes nobody')
  else what.from('share', share.value, share.from)
  block.nest(key, what)
}

/** `set`, `add` and `remove` of request and response. */
function headerBlock(headers: Setting | undefined): Block {
  const block = new Block()
  for (const side of ['request', 'response']) {
    const changes = new Block()
    for (const key of ['set', 'add']) {
      const map = new Block()
      for (const entry of headers?.at(side, key)?.entries ?? []) {
        const { scalar } = entry
        // What Envoy fills in, such as %DOWNSTREAM_REMOTE_ADDRESS%, would be sent as it stands.
        const isPlain =
          typeof scalar === 'string' && /^[\t -~]{0,4000}$/.test(scalar) && !scalar.includes('%')
        if (isPlain && TOKEN.test(entry.key))
          map.from(JSON.stringify(entry.key), JSON.stringify(scalar), entry.use())
        else refuse(entry, 'the value of a header, without anything to be filled in')
      }
      if (!map.empty) changes.nest(key, map)
    }
    const list = headers?.at(side, 'remove')
    const names = (list?.items ?? []).filter(({ text }) => TOKEN.test(text))
    for (const name of names) name.use()
    if (list !== undefined && names.length > 0)
      changes.from('remove', quotedList(names.map(({ text }) => text)), list)
    if (!changes.empty) block.nest(side, changes)
  }
  return block
}

function corsBlock(cors: Setting | undefined): Block {
  const block = new Block()
  const origins = [
    ...(cors?.at('allowOrigins')?.items.flatMap((item) => item.at('exact') ?? []) ?? []),
    ...(cors?.at('allowOrigin')?.items ?? []),
  ].filter(({ text }) => ORIGIN.test(text))
  const [first] = origins
  if (cors === undefined || first === undefined) return block
  for (const origin of origins) origin.use()
  block.from('origins', quotedList(origins.map(({ text }) => text)), first)
  texts(block, 'methods', cors.at('allowMethods'), (text) => routeMethods.includes(text))
  texts(block, 'headers', cors.at('allowHeaders'), (text) => TOKEN.test(text) && text !== '*')
  texts(block, 'expose', cors.at('exposeHeaders'), (text) => TOKEN.test(text) && text !== '*')
  const credentials = readFlag(cors.at('allowCredentials'))
  if (credentials !== undefined) block.from('credentials', String(credentials.value), credentials.from)
  const maxAge = readDuration(cors.at('maxAge'), goDuration)
  return maxAge === undefined ? block : block.from('maxAge', durationText(maxAge.value), maxAge.from)
}

function texts(
  block: Block,
  key: string,
  list: Setting | undefined,
  allowed: (text: string) => boolean,
): void {
  const items = (list?.items ?? []).filter(({ text }) => allowed(text))
  for (const item of items) item.use()
  if (list !== undefined && items.length > 0) block.from(key, quotedList(items.map(({ text }) => text)), list)
}
