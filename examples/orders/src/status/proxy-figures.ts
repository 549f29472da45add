import type { EdgeStatus } from '../http/edges.js'
import { envoyFigures } from './envoy-figures.js'
import type { ProxyWork } from './proxy-work.js'

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

type Labels = Readonly<Record<string, string>>

const SAMPLE = /^([a-z_]+)\{([^}]*)\} (\S+)$/
const LABEL = /([a-z_]+)="((?:[^"\\]|\\.)*)"/g
const SECOND_MS = 1_000

/** Reads what `/stats/prometheus` of a proxy says; `to` of an edge is its destination, such as `order@canary`. */
export function proxyFigures(text: string): ProxyWork {
  const samples = text.split('\n').flatMap((line) => sampleOf(line) ?? [])
  const sum = (name: string, labels: Labels = {}): number =>
    samples.reduce(
      (all, sample) => (sample.name === name && has(sample, labels) ? all + sample.value : all),
      0,
    )
  const envoy = envoyFigures(
    new Set(samples.flatMap(({ labels }) => labels['envoy_cluster_name'] ?? [])),
    sum,
  )
  if (envoy !== undefined) return envoy
  const ms = (name: string, labels: Labels = {}) => sum(`watertight_${name}_seconds_sum`, labels) * SECOND_MS
  const destinations = new Set(samples.flatMap(({ labels: { destination } }) => destination ?? []))
  const count = sum('watertight_client_requests_total')
  const behindMs = ms('client_attempt_duration')
  return {
    own: { count, ms: Math.max(0, ms('client_request_duration') - behindMs) },
    behind: { count, ms: behindMs },
    edges: [...destinations].map((to) => edgeOf(to, samples, sum, ms)),
  }
}

function edgeOf(
  destination: string,
  samples: readonly Sample[],
  sum: (name: string, labels: Labels) => number,
  ms: (name: string, labels: Labels) => number,
): EdgeStatus {
  const count = (name: string, labels: Labels = {}) =>
    sum(`watertight_${name}_total`, { destination, ...labels })
  const isNow = { destination } as const
  const state = samples.find(
    (sample) =>
      sample.name === 'watertight_circuit_breaker_state' && sample.value === 1 && has(sample, isNow),
  )
  const refusedByBreaker = count('refusals', { code: 'WT_CIRCUIT_OPEN' })
  const calls = count('client_requests')
  return {
    to: destination,
    breaker: state?.labels['state'] ?? 'off',
    calls,
    failures: count('client_requests', { outcome: 'failure' }),
    retries: count('retries', { outcome: 'retried' }),
    refusedByBreaker,
    refusedOtherwise: count('refusals') - refusedByBreaker,
    fallbacks: count('fallbacks'),
    durations: { count: calls, ms: ms('client_request_duration', { destination }) },
  }
}

function sampleOf(line: string): Sample | undefined {
  const [, name, labels = '', value] = SAMPLE.exec(line) ?? []
  if (name === undefined) return undefined
  const pairs = [...labels.matchAll(LABEL)].map(([, key, text]) => [key, text])
  return { name, labels: Object.fromEntries(pairs) as Labels, value: Number(value) }
}

function has({ labels }: Sample, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value)
}
