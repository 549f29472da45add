import { circuitStates } from '@watertight/policy/defaults'
import type { BreakerState } from '../model/edge-stand.js'
import { addedBuckets, separateBuckets, type LatencyBuckets } from './latency-buckets.js'
import { envoyMetrics, readEnvoy } from './read-envoy.js'
import type { Sample } from './prometheus-text.js'
import type { CallTotals, ObjectiveTotals, ServerTotals, Totals } from './totals.js'

const PREFIX = 'watertight_'
/** The metrics that the console makes something of. */
export const wantedMetrics: readonly string[] = [
  'server_requests_total',
  'server_request_duration_seconds_bucket',
  'server_requests_in_flight',
  'server_requests_queued',
  'server_requests_limit',
  'server_overload_pressure_ratio',
  'objective_burn_rate',
  'objective_budget_remaining_ratio',
  'client_requests_total',
  'client_request_duration_seconds_bucket',
  'client_ejections_total',
  'client_ejected_endpoints',
  'retries_total',
  'refusals_total',
  'fallbacks_total',
  'timeouts_total',
  'hedges_total',
  'circuit_breaker_state',
  'circuit_breaker_transitions_total',
  'retry_budget_remaining',
  'bulkhead_running',
  'bulkhead_queued',
]
  .map((name) => PREFIX + name)
  .concat(envoyMetrics)

const WANTED: ReadonlySet<string> = new Set(wantedMetrics)

/** Whether the console makes something of a metric. */
export const isWanted = (name: string): boolean => WANTED.has(name)

/** What a page says of services and calls, each by itself. */
export function readTotals(samples: readonly Sample[]): Totals {
  const servers = new Map<string, Sample[]>()
  const calls = new Map<string, Sample[]>()
  for (const sample of samples) {
    const { service, destination } = sample.labels
    if (service === undefined) continue
    const groups = destination === undefined ? servers : calls
    const key = destination === undefined ? service : `${service}>${destination}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [sample])
    else group.push(sample)
  }
  // A gateway is one of ours or an Envoy, never both.
  const envoy = readEnvoy(samples)
  return {
    servers: new Map([
      ...envoy.servers,
      ...[...servers].map(([service, group]) => [service, serverTotals(service, group)] as const),
    ]),
    calls: new Map([
      ...envoy.calls,
      ...[...calls].map(([edge, group]) => [edge, callTotals(edge, group)] as const),
    ]),
  }
}

function serverTotals(service: string, samples: readonly Sample[]): ServerTotals {
  const named = grouped(samples)
  const requests = (named.get('server_requests_total') ?? []).filter(hasEnded)
  return {
    service,
    answered: sum(requests),
    failed: sum(requests.filter(hasFailed)),
    durations: durationsOf(named.get('server_request_duration_seconds_bucket')),
    inFlight: gauge(named.get('server_requests_in_flight')),
    queued: gauge(named.get('server_requests_queued')),
    limit: gauge(named.get('server_requests_limit')),
    pressures: byLabel(named.get('server_overload_pressure_ratio'), 'resource'),
    objectives: objectivesOf(
      named.get('objective_budget_remaining_ratio') ?? [],
      named.get('objective_burn_rate') ?? [],
    ),
  }
}

function callTotals(edge: string, samples: readonly Sample[]): CallTotals {
  const named = grouped(samples)
  const [from = '', to = ''] = edge.split('>')
  const calls = (named.get('client_requests_total') ?? []).filter(hasEnded)
  const retries = (named.get('retries_total') ?? []).filter(({ labels }) => labels['outcome'] === 'retried')
  const state = named.get('circuit_breaker_state')?.find(({ value }) => value === 1)?.labels['state']
  return {
    from,
    to,
    ended: sum(calls),
    failed: sum(calls.filter(hasFailed)),
    durations: durationsOf(named.get('client_request_duration_seconds_bucket')),
    retries: sum(retries),
    refusals: sum(named.get('refusals_total')),
    fallbacks: sum(named.get('fallbacks_total')),
    timeouts: sum(named.get('timeouts_total')),
    hedges: sum(named.get('hedges_total')),
    ejections: sum(named.get('client_ejections_total')),
    breaker: isBreakerState(state) ? state : null,
    transitions: transitionsOf(named.get('circuit_breaker_transitions_total') ?? []),
    budgetRemaining: gauge(named.get('retry_budget_remaining')),
    running: gauge(named.get('bulkhead_running')),
    queued: gauge(named.get('bulkhead_queued')),
    ejected: gauge(named.get('client_ejected_endpoints')),
    notTold: null,
  }
}

function isBreakerState(state: string | undefined): state is BreakerState {
  return circuitStates.some((known) => known === state)
}

/** By name, without what all begin with. */
function grouped(samples: readonly Sample[]): ReadonlyMap<string, Sample[]> {
  const groups = new Map<string, Sample[]>()
  for (const sample of samples) {
    const name = sample.name.slice(PREFIX.length)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [sample])
    else group.push(sample)
  }
  return groups
}

const sum = (samples: readonly Sample[] = []): number => samples.reduce((all, { value }) => all + value, 0)

function gauge(samples: readonly Sample[] | undefined): number | null {
  return samples === undefined ? null : sum(samples)
}

/** What its caller gave up says nothing about a service. */
const hasEnded = ({ labels }: Sample): boolean => labels['outcome'] !== 'aborted'

const hasFailed = ({ labels }: Sample): boolean =>
  labels['outcome'] === 'failure' || labels['outcome'] === 'refused'

function durationsOf(samples: readonly Sample[] = []): LatencyBuckets {
  const series = new Map<string, Map<number, number>>()
  for (const sample of samples.filter(hasEnded)) {
    const { le, route, outcome } = sample.labels
    const key = `${route} ${outcome}`
    const own = series.get(key) ?? new Map<number, number>()
    series.set(key, own.set(le === '+Inf' ? Infinity : Number(le), sample.value))
  }
  return addedBuckets([...series.values()].map(separateBuckets))
}

function byLabel(samples: readonly Sample[] = [], label: string): ReadonlyMap<string, number> {
  return new Map(samples.map(({ labels, value }) => [labels[label] ?? '', value]))
}

function objectivesOf(
  budgets: readonly Sample[],
  rates: readonly Sample[],
): ReadonlyMap<string, ObjectiveTotals> {
  const names = new Set([...budgets, ...rates].map(({ labels }) => labels['objective'] ?? ''))
  const of = (samples: readonly Sample[], name: string) =>
    samples.filter(({ labels }) => labels['objective'] === name)
  return new Map(
    [...names].map((name) => [
      name,
      { budgetLeft: of(budgets, name)[0]?.value ?? null, burnRates: byLabel(of(rates, name), 'window') },
    ]),
  )
}

function transitionsOf(samples: readonly Sample[]): ReadonlyMap<string, number> {
  return new Map(
    samples.map(({ labels, value }) => [
      `${labels['from_state']}>${labels['to_state']}>${labels['trigger']}`,
      value,
    ]),
  )
}
