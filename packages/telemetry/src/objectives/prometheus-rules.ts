import { burnWindowsOf, durationText, type BurnWindows } from './burn-windows.js'
import { objectivesOf, rounded, type Objective, type ObjectiveTargets } from './objective.js'

/** What one service must meet. */
export interface ServiceObjective extends ObjectiveTargets {
  readonly service: string
  /** Alerts on the budget of availability, beside those that every objective has. */
  readonly alerts?: readonly BurnRateAlert[] | undefined
}

/** An alert that somebody has asked for by name. */
export interface BurnRateAlert {
  readonly name: string
  /** It fires while the budget burns so many times faster than it may, over both windows. */
  readonly burnRate: number
  readonly longMs: number
  readonly shortMs: number
}

/** An alert, and what it is called. */
interface NamedAlert extends BurnWindows {
  readonly alert: string
}

/**
 * Recording and alerting rules for Prometheus, as the text of a rule file: for every objective the share of bad
 * requests over each window, and an alert for each pair of windows. They read the metrics that `createTelemetry`
 * records for the server side; a latency objective needs its limit as a bucket, which `objective` there adds.
 *
 * @throws {OptionError} when an objective is out of its range
 * @example
 * const text = prometheusRules([{ service: 'order', availability: 0.999, latency: { p99Ms: 300 } }])
 * console.log(text.split('\n')[0])
 */
export function prometheusRules(objectives: readonly ServiceObjective[]): string {
  const groups = objectives.flatMap((targets) =>
    objectivesOf(targets).flatMap((objective) => groupLines(targets, objective)),
  )
  return `${['groups:', ...(groups.length === 0 ? ['  []'] : groups)].join('\n')}\n`
}

function groupLines({ service, alerts: asked = [] }: ServiceObjective, objective: Objective): string[] {
  const named = objective.name === 'availability' ? asked.map(namedAlert) : []
  const alerts = [...usualAlerts(objective), ...named]
  const windows = new Set(alerts.flatMap(({ shortMs, longMs }) => [shortMs, longMs]))
  return [
    `  - name: ${quoted(`watertight ${service} ${objective.name}`)}`,
    '    rules:',
    ...[...windows].sort((left, right) => left - right).flatMap((ms) => recordLines(service, objective, ms)),
    ...alerts.flatMap((alert) => alertLines(service, objective, alert)),
  ]
}

function usualAlerts(objective: Objective): NamedAlert[] {
  const alert = objective.name === 'availability' ? 'AvailabilityBudgetBurn' : 'LatencyBudgetBurn'
  return burnWindowsOf(objective).map((windows) => ({ ...windows, alert }))
}

const namedAlert = ({ name, burnRate, longMs, shortMs }: BurnRateAlert): NamedAlert => ({
  alert: name,
  severity: 'page',
  factor: burnRate,
  longMs,
  shortMs,
})

function recordLines(service: string, objective: Objective, windowMs: number): string[] {
  const range = durationText(windowMs)
  const expression =
    objective.limitMs === Infinity ? errorShare(service, range) : slowShare(service, objective, range)
  return [
    `      - record: ${recordName(objective, windowMs)}`,
    `        expr: ${quoted(expression)}`,
    '        labels:',
    `          service: ${quoted(service)}`,
  ]
}

/** Callers that gave up are left out, as in the process itself. No bad request at all is 0, not nothing. */
function errorShare(service: string, range: string): string {
  const requests = 'watertight_server_requests_total'
  const of = `service=${quoted(service)}`
  const bad = `sum(rate(${requests}{${of},outcome=~"failure|refused"}[${range}])) or vector(0)`
  return `(${bad}) / sum(rate(${requests}{${of},outcome!="aborted"}[${range}]))`
}

function slowShare(service: string, { limitMs }: Objective, range: string): string {
  const duration = 'watertight_server_request_duration_seconds'
  const of = `service=${quoted(service)},outcome="success"`
  const fast = `sum(rate(${duration}_bucket{${of},${boundMatcher(limitMs / 1_000)}}[${range}]))`
  return `1 - ${fast} / sum(rate(${duration}_count{${of}}[${range}]))`
}

/** A whole number is written as `1` in one exposition format and as `1.0` in the other. */
function boundMatcher(seconds: number): string {
  return Number.isInteger(seconds) ? `le=~"${seconds}|${seconds}\\\\.0"` : `le="${seconds}"`
}

function recordName({ name }: Objective, windowMs: number): string {
  const share = name === 'availability' ? 'requests:error' : 'request_duration:slow'
  return `service:watertight_server_${share}_ratio_rate${durationText(windowMs)}`
}

function alertLines(service: string, objective: Objective, alert: NamedAlert): string[] {
  const { name, allowed } = objective
  const { severity, longMs, shortMs, factor } = alert
  const limit = rounded(factor * allowed)
  const above = (ms: number): string => `${recordName(objective, ms)}{service=${quoted(service)}} > ${limit}`
  const what = name === 'availability' ? 'fail' : `take longer than ${objective.limitMs} ms`
  const summary = `${service} burns its ${name} budget ${factor} times too fast`
  const description =
    `{{ $value | humanizePercentage }} of requests ${what} over ${durationText(longMs)}; ` +
    `allowed are ${rounded(allowed * 100)}% over ${durationText(objective.windowMs)}`
  return [
    `      - alert: ${quoted(alert.alert)}`,
    `        expr: ${quoted(`${above(longMs)} and ${above(shortMs)}`)}`,
    '        labels:',
    `          service: ${quoted(service)}`,
    `          severity: ${severity}`,
    `          objective: ${name}`,
    `          long_window: ${quoted(durationText(longMs))}`,
    `          short_window: ${quoted(durationText(shortMs))}`,
    '        annotations:',
    `          summary: ${quoted(summary)}`,
    `          description: ${quoted(description)}`,
  ]
}

/** A double-quoted string means the same in YAML, in PromQL and in JSON. */
function quoted(text: string): string {
  return JSON.stringify(text)
}
