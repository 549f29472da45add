import type { PolicyModel } from '../model/policy-model.js'
import { formatDuration } from '../units/duration.js'
import { formatPercentage } from '../units/percentage.js'

export interface PolicyValue {
  /** The dotted name in the document, such as `retry.backoff.jitter`. */
  readonly name: string
  /** The value as a person would write it. */
  readonly value: string
}

const DURATIONS: ReadonlySet<string> = new Set(
  ['timeout.connect', 'timeout.attempt', 'timeout.total', 'retry.backoff.initial', 'retry.backoff.max']
    .concat(['breaker.window.duration', 'breaker.slowCalls.over', 'breaker.openFor', 'bulkhead.maxWait'])
    .concat(['ejection.interval', 'ejection.baseEjection', 'rateLimit.per', 'hedge.after']),
)

const SHARES: ReadonlySet<string> = new Set([
  'retry.budget.ratio',
  'breaker.failureRate',
  'breaker.slowCalls.rate',
  'ejection.maxEjected',
])

const SECTIONS = ['timeout', 'retry', 'breaker', 'bulkhead', 'ejection', 'rateLimit', 'hedge'] as const

/** Every value of a policy by its name in the document; a section that is absent says so. */
export function policyValues(policy: PolicyModel): PolicyValue[] {
  const values: PolicyValue[] = []
  for (const section of SECTIONS) {
    const model = policy[section]
    if (model === undefined) values.push({ name: section, value: 'off' })
    else collect(section, model, values)
  }
  return [...values, { name: 'balance', value: policy.balance }, { name: 'instance', value: policy.instance }]
}

function collect(prefix: string, model: object, values: PolicyValue[]): void {
  for (const [key, value] of Object.entries(model)) {
    // Names in the model carry their unit; names in the document do not.
    const name = `${prefix}.${key.replace(/Ms$/, '')}`
    if (value === undefined) continue
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      collect(name, value as object, values)
    else values.push({ name, value: format(name, value) })
  }
}

function format(name: string, value: unknown): string {
  if (typeof value === 'number' && DURATIONS.has(name)) return formatDuration(value)
  if (typeof value === 'number' && SHARES.has(name)) return formatPercentage(value)
  return Array.isArray(value) ? value.join(', ') : String(value)
}
