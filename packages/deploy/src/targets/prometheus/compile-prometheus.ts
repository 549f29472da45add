import type { ServiceModel, SystemModel } from '@watertight/manifest'
import { prometheusRules, type ServiceObjective } from '@watertight/telemetry'
import { DeployReport, type ReportEntry } from '../../report/deploy-report.js'

/** A rule file, and what of the objectives and alerts in the document it does not hold. */
export interface PrometheusConfiguration {
  /** YAML for `rule_files` of Prometheus. */
  readonly rules: string
  readonly report: readonly ReportEntry[]
}

/**
 * The objectives and alerts of a document as rules of Prometheus: the share of bad requests over each window, and alerts that fire
 * while an error budget burns too fast.
 *
 * @example
 * import { readManifest } from '@watertight/manifest'
 *
 * const text = 'watertight: v1\nsystem: shop\nservices: { order: { objective: { availability: 99% } } }\n'
 * const { system } = readManifest(text, 'watertight.yaml')
 * if (system !== undefined) console.log(compilePrometheus(system.model).rules.includes('AvailabilityBudgetBurn')) // true
 */
export function compilePrometheus(model: SystemModel): PrometheusConfiguration {
  const report = new DeployReport()
  const objectives = [...model.services.values()].flatMap((service) => objectiveOf(service, model, report))
  return { rules: prometheusRules(objectives), report: report.entries }
}

function objectiveOf(
  service: ServiceModel,
  { alerts }: SystemModel,
  report: DeployReport,
): ServiceObjective[] {
  const { name, p99Ms, objectiveWindowMs: windowMs } = service
  // Without a budget nothing can burn.
  const availability = service.availability === 1 ? undefined : service.availability
  const own = alerts.filter(({ service: watched }) => watched === name)
  for (const { path } of availability === undefined ? own : [])
    report.add({
      path,
      key: 'burnRate',
      effect: 'missing',
      reason: `${name} has no availability objective below 100%, so no budget burns`,
      instead: `give ${name} one, such as objective: { availability: 99.9% }`,
    })
  for (const share of ['p50', 'p95'] as const) {
    if (service[`${share}Ms`] === undefined) continue
    report.add({
      path: [...service.path, 'objective', 'latency', share],
      key: `latency.${share}`,
      effect: 'missing',
      reason: 'alerts watch the 99th percentile alone, which is the first to tell',
      instead: 'give latency.p99 as well',
    })
  }
  if (availability === undefined && p99Ms === undefined) return []
  return [
    {
      service: name,
      availability,
      latency: p99Ms === undefined ? undefined : { p99Ms },
      windowMs,
      alerts: own.map(({ name: alert, burnRate, longMs, shortMs }) => ({
        name: alert,
        burnRate,
        longMs,
        shortMs,
      })),
    },
  ]
}
