import { goDuration } from '../settings/durations.js'
import type { Setting } from '../settings/setting.js'
import { durationText, readFlag, readLimit, readNumber } from '../settings/read.js'
import { Block } from '../writing/block.js'
import type { Hosts } from './hosts.js'
import type { CallSections, MeshTable } from './mesh-table.js'

const unset = 'the default of Linkerd'
const methods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'POST', 'PATCH']

/**
 * A ServiceProfile of Linkerd: its name is the host of a service. Routes become operations, retryable ones those that
 * may be repeated; one policy holds for all of them, so the longest time limit is taken.
 */
export function readServiceProfile(
  document: Setting,
  namespace: string,
  hosts: Hosts,
  table: MeshTable,
): void {
  const name = document.at('metadata', 'name')
  if (name === undefined)
    return document.decline('a ServiceProfile is named after its service, and this one has no name')
  const callee = hosts.serviceOf(name.use().text, namespace)
  const routes = document.at('spec', 'routes')?.items ?? []
  const sections = (): CallSections => ({
    timeout: limits(document, routes),
    ...retries(document, routes),
    operations: operations(routes),
  })
  if (!table.setCall(callee, name, sections))
    document.decline(`an earlier object already says how ${callee} is called: merge the two`)
}

/** A limit is for all tries; a route without one has 10 seconds. */
function limits(document: Setting, routes: readonly Setting[]): Block {
  const block = new Block()
  const read = routes.flatMap((route) => readLimit(route.at('timeout'), goDuration) ?? [])
  const longest = read.toSorted((a, b) => b.value - a.value)[0]
  if (longest === undefined || (read.length < routes.length && longest.value < 10_000)) {
    if (routes.length > 0 || document.at('spec') !== undefined)
      block.put('total', '10s', `${unset}, which the other routes have`)
  } else block.from('total', durationText(longest.value), longest.from)
  for (const { from, value } of read) {
    if (longest !== undefined && value === longest.value && read.length === routes.length) continue
    from.note('a call has one time limit for all its requests, the longest: make this a service of its own')
  }
  return block
}

function retries(
  document: Setting,
  routes: readonly Setting[],
): Pick<CallSections, 'retry' | 'retryComment'> {
  const flags = routes.flatMap((route) => readFlag(route.at('isRetryable')) ?? [])
  const retryable = flags.find(({ value }) => value)
  const budget = document.at('spec', 'retryBudget')
  if (retryable === undefined) return { retry: undefined, retryComment: 'no route has isRetryable' }
  const block = new Block()
  block.put('attempts', 3, 'Linkerd retries as long as the budget allows; a bound is needed here')
  block.put('on', '[5xx]', retryable.from.source)
  block.nest(
    'backoff',
    new Block().put('initial', '0ms', 'Linkerd does not wait').put('max', '0ms').put('jitter', 'none'),
  )
  block.nest('budget', budgetOf(budget))
  return { retry: block, retryComment: retryable.from.source }
}

function budgetOf(budget: Setting | undefined): Block {
  const block = new Block()
  const ratio = readNumber(budget?.at('retryRatio'))
  const isShare = ratio !== undefined && ratio.value >= 0 && ratio.value <= 1
  if (ratio !== undefined && isShare)
    block.from('ratio', `${Number((ratio.value * 100).toFixed(4))}%`, ratio.from)
  else {
    ratio?.from.note('retryBudget.ratio is a share up to 100% here, which is what was written')
    block.put('ratio', ratio === undefined ? '20%' : '100%', ratio === undefined ? unset : ratio.from.source)
  }
  const minimum = readNumber(budget?.at('minRetriesPerSecond'))
  if (minimum === undefined) return block.put('minimum', 10, `${unset}, a second`)
  return block.from(
    'minimum',
    Math.min(100_000, Math.max(0, Math.round(minimum.value))),
    minimum.from,
    'a second there',
  )
}

/** `GET /orders` for a retryable route whose path is plain; the others are named. */
function operations(routes: readonly Setting[]): Block | undefined {
  const block = new Block()
  for (const route of routes) {
    const condition = route.at('condition')
    const [method, path] = [condition?.at('method'), condition?.at('pathRegex')]
    const plain = path?.text.replace(/^\^|\$$/g, '').replaceAll('\\.', '.')
    const isPlain = plain !== undefined && /^\/[\w/.-]{0,400}$/.test(plain) && condition?.entries.length === 2
    if (!isPlain || method === undefined || !methods.includes(method.text)) {
      condition?.decline('an operation is a method and a plain path here: write it under operations by hand')
      continue
    }
    path?.use()
    const operation = `${method.use().text} ${plain}`
    const flag = route.at('isRetryable')
    if (flag?.text !== 'true') {
      route.note(
        `${operation} is not retried in Linkerd, and the policy holds for all requests: say under operations whether it is idempotent`,
      )
      continue
    }
    const key = JSON.stringify(operation)
    if (!block.has(key)) block.nest(key, new Block().put('idempotent', 'true', flag.source), route.place)
  }
  return block.empty ? undefined : block
}
