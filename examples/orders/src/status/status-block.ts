import { BY_ENVOY } from './envoy-figures.js'
import type { Measured, Snapshot } from '../load/measurements.js'
import type { UnfinishedCount } from '../order/order-store.js'
import type { CanaryView } from './canary-share.js'
import type { Colors } from './colors.js'
import type { EdgeLine, SystemStatus } from './system-status.js'
import type { TimeShares } from './time-shares.js'

/** All that the live status shows. */
export interface StatusView {
  readonly seconds: number
  /** Absent without load. */
  readonly load?: Snapshot
  readonly system: SystemStatus
  readonly shares?: TimeShares | undefined
  readonly canary: CanaryView
  /** Share (0..1) of checkouts that watertight.yaml promises to answer as it should. */
  readonly availability: number
  readonly restarts: number
  /** How many of the restarts were of a service that hung. */
  readonly hangs: number
  /** Says that the machine has more to do than this. */
  readonly busy?: string | undefined
}

/** The block that a terminal shows and redraws in place. */
export function statusBlock(view: StatusView, colors: Colors): string[] {
  const { load, system, availability, shares } = view
  const lines = ['', `${colors.strong('orders')} ${colors.faint(`up ${clock(view.seconds)}, Ctrl-C stops`)}`]
  if (load !== undefined) {
    const { recent, perSecond, overall } = load
    const paint = recent.successShare >= availability ? colors.good : colors.bad
    const success = `${paint(`success ${percent(recent.successShare)}`)} (promised ${percent(availability)})`
    lines.push(
      `  checkouts   ${perSecond.toFixed(1)}/s   ${success}   p50 ${ms(recent.p50Ms)}   p99 ${ms(recent.p99Ms)}`,
      `  so far      ${countsText(overall)}`,
    )
  }
  const { orders } = system
  if (orders !== undefined && orders.unfinished > 0) lines.push(`  pending     ${pendingText(orders)}`)
  if (shares !== undefined)
    lines.push(
      ...sharesText(shares).map((line, row) => `  ${row === 0 ? 'time, ms' : '        '}    ${line}`),
    )
  for (const [index, edge] of shownEdges(system).entries()) {
    lines.push(`  ${index === 0 ? 'breakers' : '        '}    ${edgeText(edge, colors)}`)
  }
  if (isTried(view.canary)) lines.push(`  canary      ${canaryText(view.canary)}`)
  lines.push(`  restarts    ${restartsText(view)}`)
  for (const { service, plan } of system.faults) {
    const { latencyMs, errorRate, forSeconds } = plan
    lines.push(
      `  fault       ${service}: +${latencyMs} ms, ${percent(errorRate)} errors, ${forSeconds} s left`,
    )
  }
  if (system.silent.length > 0) lines.push(`  no answer   ${colors.bad(silentText(system))}`)
  if (view.busy !== undefined) lines.push(`  machine     ${colors.bad(view.busy)}`)
  return lines
}

/** What the canary calls is what order calls: it is shown where it stands otherwise. */
function shownEdges({ edges }: SystemStatus): readonly EdgeLine[] {
  return edges.filter(({ from, breaker }) => from !== 'canary' || !isCalm(breaker))
}

/** An Envoy has none that could be open. */
function isCalm(breaker: string): boolean {
  return breaker === 'closed' || breaker === BY_ENVOY
}

function isTried({ wanted, canary }: CanaryView): boolean {
  return wanted > 0 || canary > 0
}

/** `5.2% of 1,204 requests since its share was set to 5%` */
function canaryText({ wanted, requests, canary }: CanaryView): string {
  const share = requests === 0 ? 'nothing' : `${tenths(canary / requests)} of ${count(requests)} requests`
  return `${share} since its share was set to ${tenths(wanted)}`
}

function tenths(share: number): string {
  return `${(share * 100).toFixed(1).replace(/\.0$/, '')}%`
}

function edgeText(edge: EdgeLine, colors: Colors): string {
  const paint = isCalm(edge.breaker) ? colors.good : colors.bad
  const notes = [
    edge.retries > 0 ? counted(edge.retries, 'retry', 'retries') : '',
    edge.refusedByBreaker > 0 ? `${count(edge.refusedByBreaker)} refused by breaker` : '',
    edge.refusedOtherwise > 0 ? `${count(edge.refusedOtherwise)} by bulkhead` : '',
    edge.fallbacks > 0 ? counted(edge.fallbacks, 'fallback', 'fallbacks') : '',
  ].filter((note) => note !== '')
  const state = paint(edge.breaker.padEnd(9))
  return `${`${edge.from} > ${edge.to}`.padEnd(18)} ${state} ${colors.faint(notes.join(', '))}`.trimEnd()
}

/** The same on one line, for logs and pipes. */
export function statusLine(view: StatusView): string {
  const parts = [`${Math.round(view.seconds)} s`]
  if (view.load !== undefined) {
    const { recent, perSecond } = view.load
    parts.push(
      `${perSecond.toFixed(1)} checkouts/s`,
      `success ${percent(recent.successShare)}`,
      `p50 ${ms(recent.p50Ms)}`,
      `p99 ${ms(recent.p99Ms)}`,
    )
  }
  const { orders } = view.system
  if (orders !== undefined && orders.waiting > 0)
    parts.push(`${counted(orders.waiting, 'waits', 'wait')} for payment`)
  const notClosed = shownEdges(view.system).filter(({ breaker }) => !isCalm(breaker))
  const breakers = notClosed.map(({ from, to, breaker }) => `${from} > ${to} ${breaker}`)
  parts.push(
    `breakers ${breakers.length === 0 ? 'all closed' : breakers.join(' and ')}`,
    ...(isTried(view.canary) ? [`canary ${canaryText(view.canary)}`] : []),
    `restarts ${restartsText(view)}`,
  )
  if (view.system.silent.length > 0) parts.push(`no answer from ${silentText(view.system)}`)
  if (view.busy !== undefined) parts.push(`machine ${view.busy}`)
  return parts.join(', ')
}

/** `inventory for 3 s and payment for 1 s` */
function silentText({ silent }: SystemStatus): string {
  return silent
    .map(({ service, forMs }) => `${service} for ${Math.max(1, Math.round(forMs / 1_000))} s`)
    .join(' and ')
}

/** `12, of which 5 wait for payment and 3 are being undone` */
function pendingText({ unfinished, waiting, undoing }: UnfinishedCount): string {
  const parts = [
    waiting === 0 ? '' : `${counted(waiting, 'waits', 'wait')} for payment`,
    undoing === 0 ? '' : `${counted(undoing, 'is', 'are')} being undone`,
  ].filter((part) => part !== '')
  return [count(unfinished), parts.join(' and ')].filter((part) => part !== '').join(', of which ')
}

/** Two lines: what comes before the services that order's saga calls and between processes, and those. */
export function sharesText({ parts, betweenMs }: TimeShares): string[] {
  const text = (some: TimeShares['parts']) => some.map(({ name, ms: mean }) => `${name} ${brief(mean)}`)
  return [
    [...text(parts.slice(0, 4)), `between ${brief(betweenMs)}`].join(' | '),
    text(parts.slice(4)).join(' | '),
  ]
}

/** `2 (1 hung)` */
function restartsText({ restarts, hangs }: StatusView): string {
  return hangs === 0 ? `${restarts}` : `${restarts} (${hangs} hung)`
}

/** `placed 571, waiting 0, declined 29, unavailable 0` */
export function countsText({ counts }: Measured): string {
  return Object.entries(counts)
    .map(([result, number]) => `${result} ${count(number)}`)
    .join(', ')
}

/** `99.8%`, `99%`; 100% only when it is. */
export function percent(share: number): string {
  return `${(Math.floor(share * 1_000 + 1e-9) / 10).toFixed(1).replace(/\.0$/, '')}%`
}

export function ms(value: number): string {
  return `${brief(value)} ms`
}

function brief(value: number): string {
  return value < 10 ? value.toFixed(1) : String(Math.round(value))
}

export function count(value: number): string {
  return value.toLocaleString('en-US')
}

/** `1 retry`, `3 retries` */
function counted(value: number, one: string, many: string): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

function clock(seconds: number): string {
  const whole = Math.floor(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
