import type { Measured, Snapshot } from '../load/measurements.js'
import type { Colors } from './colors.js'
import type { EdgeLine, SystemStatus } from './system-status.js'

const SUCCESS_TARGET = 0.99

/** All that the live status shows. */
export interface StatusView {
  readonly seconds: number
  /** Absent without load. */
  readonly load?: Snapshot
  readonly system: SystemStatus
  readonly restarts: number
  /** How many of the restarts were of a service that hung. */
  readonly hangs: number
}

/** The block that a terminal shows and redraws in place. */
export function statusBlock(view: StatusView, colors: Colors): string[] {
  const lines = ['', `${colors.strong('orders')} ${colors.faint(`up ${clock(view.seconds)}, Ctrl-C stops`)}`]
  if (view.load !== undefined) {
    const { recent, perSecond, overall } = view.load
    const success = `success ${percent(recent.successShare)}`
    const paint = recent.successShare >= SUCCESS_TARGET ? colors.good : colors.bad
    lines.push(
      `  checkouts   ${perSecond.toFixed(1)}/s   ${paint(success)}   p50 ${ms(recent.p50Ms)}   p99 ${ms(recent.p99Ms)}`,
      `  so far      ${countsText(overall)}`,
    )
  }
  for (const [index, edge] of view.system.edges.entries()) {
    lines.push(`  ${index === 0 ? 'breakers' : '        '}    ${edgeText(edge, colors)}`)
  }
  lines.push(`  restarts    ${restartsText(view)}`)
  for (const { service, plan } of view.system.faults) {
    const { latencyMs, errorRate, forSeconds } = plan
    lines.push(
      `  fault       ${service}: +${latencyMs} ms, ${percent(errorRate)} errors, ${forSeconds} s left`,
    )
  }
  if (view.system.silent.length > 0) lines.push(`  no answer   ${colors.bad(view.system.silent.join(', '))}`)
  return lines
}

function edgeText(edge: EdgeLine, colors: Colors): string {
  const paint = edge.breaker === 'closed' ? colors.good : colors.bad
  const notes = [
    edge.retries > 0 ? `${count(edge.retries)} retries` : '',
    edge.refusals > 0 ? `${count(edge.refusals)} refusals` : '',
    edge.fallbacks > 0 ? `${count(edge.fallbacks)} fallbacks` : '',
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
  const notClosed = view.system.edges.filter(({ breaker }) => breaker !== 'closed')
  const breakers = notClosed.map(({ from, to, breaker }) => `${from} > ${to} ${breaker}`)
  parts.push(
    `breakers ${breakers.length === 0 ? 'all closed' : breakers.join(' and ')}`,
    `restarts ${restartsText(view)}`,
  )
  if (view.system.silent.length > 0) parts.push(`no answer from ${view.system.silent.join(' and ')}`)
  return parts.join(', ')
}

/** `2 (1 hung)` */
function restartsText({ restarts, hangs }: StatusView): string {
  return hangs === 0 ? `${restarts}` : `${restarts} (${hangs} hung)`
}

/** `placed 571, declined 19, refused 10, unavailable 0` */
export function countsText({ counts }: Measured): string {
  return Object.entries(counts)
    .map(([result, number]) => `${result} ${count(number)}`)
    .join(', ')
}

/** `99.8%`; 100% only when it is. */
export function percent(share: number): string {
  return `${(Math.floor(share * 1_000) / 10).toFixed(1)}%`
}

export function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
}

export function count(value: number): string {
  return value.toLocaleString('en-US')
}

function clock(seconds: number): string {
  const whole = Math.floor(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
