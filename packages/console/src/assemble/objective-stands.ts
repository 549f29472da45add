import type { ServiceModel } from '@watertight/manifest'
import type { ServerTotals } from '../metrics/totals.js'
import type { ObjectiveStand } from '../model/service-stand.js'

/** Of those requests that are to be fast, the share that must be: it is what p99 means. */
const LATENCY_TARGET = 0.99

/**
 * The objectives of the document, with what the replicas of the service measure of them. A budget that allows not even one bad request yet says
 * nothing: the first slow answer of a new process would have used up many times what it has.
 */
export function objectiveStands(
  model: ServiceModel | undefined,
  totals: readonly ServerTotals[],
): ObjectiveStand[] {
  if (model === undefined) return []
  const { availability, p99Ms, objectiveWindowMs: windowMs } = model
  const stand = (name: ObjectiveStand['name'], target: number, limitMs: number | null): ObjectiveStand => {
    const answered = totals.reduce((sum, one) => sum + one.answered, 0)
    const isTelling = Math.round(answered * (1 - target) * 1e6) / 1e6 >= 1
    const measured = isTelling ? totals.flatMap(({ objectives }) => objectives.get(name) ?? []) : []
    const windows = new Set(measured.flatMap(({ burnRates }) => [...burnRates.keys()]))
    return {
      name,
      target,
      limitMs,
      windowMs,
      budgetLeft: average(measured.flatMap(({ budgetLeft }) => budgetLeft ?? [])),
      burnRates: [...windows].map((window) => ({
        window,
        rate: average(measured.flatMap(({ burnRates }) => burnRates.get(window) ?? [])) ?? 0,
      })),
    }
  }
  return [
    ...(availability === undefined ? [] : [stand('availability', availability, null)]),
    ...(p99Ms === undefined ? [] : [stand('latency', LATENCY_TARGET, p99Ms)]),
  ]
}

/** The requests of a service are spread evenly over its replicas. */
function average(values: readonly number[]): number | null {
  if (values.length === 0) return null
  return Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 10_000) / 10_000
}
