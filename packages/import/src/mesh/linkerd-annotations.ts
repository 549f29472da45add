import { goDuration } from '../settings/durations.js'
import type { KnownKeys, Setting } from '../settings/setting.js'
import { durationText, readDuration, readLimit, readText, readWhole } from '../settings/read.js'
import { Block } from '../writing/block.js'
import type { TrafficSections } from './traffic-sections.js'

const unset = 'the default of Linkerd'

function annotation(document: Setting, name: string): Setting | undefined {
  return document.at('metadata', 'annotations')?.at(name)
}

/** Whether an object says anything about retries, time limits or failures. */
export function isAnnotated(document: Setting): boolean {
  return (document.at('metadata', 'annotations')?.entries ?? []).some(({ key }) =>
    /^(retry|timeout|balancer)\.linkerd\.io\//.test(key),
  )
}

/** `timeout.linkerd.io/request` is all of it; `retry.linkerd.io/timeout` is one attempt. */
export function annotatedLimits(document: Setting): Block {
  const block = new Block()
  const attempt = readDuration(annotation(document, 'retry.linkerd.io/timeout'), goDuration)
  if (attempt !== undefined && attempt.value > 0)
    block.from('attempt', durationText(attempt.value), attempt.from)
  const total = readDuration(annotation(document, 'timeout.linkerd.io/request'), goDuration)
  if (total !== undefined && total.value > 0) block.from('total', durationText(total.value), total.from)
  return block
}

/** Retries by annotation; undefined when there are none. The limit does not count the first try. */
export function annotatedRetries(document: Setting): Block | undefined {
  const http = annotation(document, 'retry.linkerd.io/http')
  if (http === undefined) return undefined
  const on = statuses(http)
  if (on.length === 0) return undefined
  const block = new Block()
  const limit = readWhole(annotation(document, 'retry.linkerd.io/limit'), 0, 99)
  if (limit === undefined) block.put('attempts', 2, `${unset}: one retry`)
  else block.from('attempts', limit.value + 1, limit.from, 'and the first try')
  const timeouts = annotation(document, 'retry.linkerd.io/timeout') === undefined ? [] : ['attempt-timeout']
  block.from('on', `[${[...on, ...timeouts].join(', ')}]`, http)
  block.nest(
    'backoff',
    new Block().put('initial', '0ms', 'Linkerd does not wait').put('max', '0ms').put('jitter', 'none'),
  )
  return block.put('budget', 'off', 'annotations have none; remove this line to get one')
}

/** `5xx`, `gateway-error`, statuses and ranges (`500-504`). */
function statuses(http: Setting): string[] {
  const text = readText(http)
  const on = new Set<string>()
  const unknown: string[] = []
  for (const part of (text?.value ?? '').split(',').map((piece) => piece.trim())) {
    const [, first = '', last = first] = /^([45]\d\d)(?:-([45]\d\d))?$/.exec(part) ?? []
    if (part === '5xx' || part === 'gateway-error') on.add(part)
    else if (first !== '' && Number(last) - Number(first) < 20)
      for (let status = Number(first); status <= Number(last); status += 1) on.add(String(status))
    else unknown.push(part)
  }
  if (unknown.length > 0)
    http.note(`${unknown.join(', ')} has no equivalent: retry.on takes 5xx, gateway-error and statuses`)
  return [...on].slice(0, 28)
}

/** `balancer.linkerd.io/failure-accrual: consecutive` takes an endpoint away after failures in a row. */
export function annotatedTraffic(document: Setting): TrafficSections | undefined {
  const accrual = annotation(document, 'balancer.linkerd.io/failure-accrual')
  if (accrual === undefined) return undefined
  if (accrual.text !== 'consecutive')
    return accrual.decline(`must be consecutive, got ${accrual.text}: write ejection by hand`)
  accrual.use()
  const prefix = 'balancer.linkerd.io/failure-accrual-consecutive-'
  const block = new Block()
  const failures = readWhole(annotation(document, `${prefix}max-failures`), 1, 100_000)
  if (failures === undefined) block.put('consecutiveFailures', 7, unset)
  else block.from('consecutiveFailures', failures.value, failures.from)
  const penalty = readLimit(annotation(document, `${prefix}min-penalty`), goDuration)
  if (penalty === undefined) block.put('baseEjection', '1s', unset)
  else block.from('baseEjection', durationText(penalty.value), penalty.from)
  block.put('maxEjected', '100%', 'Linkerd has no limit')
  return { ejection: block }
}

const metadata = 'it describes the Kubernetes object; nothing to do'

export const linkerdAnnotations: KnownKeys = {
  'retry.linkerd.io/http': 'the retries of an earlier object are in force',
  'retry.linkerd.io/limit': 'it has no effect: retry.linkerd.io/http is not set',
  'retry.linkerd.io/timeout': 'another time limit is in force; nothing to do',
  'retry.linkerd.io/grpc': 'retry.on names HTTP statuses; use `when` of retry() in code for gRPC',
  'timeout.linkerd.io/request': 'another time limit is in force; nothing to do',
  'timeout.linkerd.io/response':
    'a call has a limit for one attempt and one for all: write timeout.attempt if you mean that',
  'timeout.linkerd.io/idle': 'silence in a stream has no limit in a manifest yet',
  'balancer.linkerd.io/failure-accrual': 'an earlier object says already when endpoints are taken away',
  'balancer.linkerd.io/failure-accrual-consecutive-max-failures':
    'it has no effect: failure-accrual is not set',
  'balancer.linkerd.io/failure-accrual-consecutive-min-penalty':
    'it has no effect: failure-accrual is not set',
  'balancer.linkerd.io/failure-accrual-consecutive-max-penalty':
    'an ejection here grows by its own rule: base times the number of ejections',
  'balancer.linkerd.io/failure-accrual-consecutive-jitter-ratio':
    'an ejection has no jitter here; nothing to do',
  '*': metadata,
}
