import type { ServiceModel, SystemModel } from '@watertight/manifest'
import type { Counted } from '../metrics/totals-window.js'
import { quantileMs } from '../metrics/latency-buckets.js'
import type { ServerTotals } from '../metrics/totals.js'
import type { GoldenSignals, ReplicaStand, ServiceStand } from '../model/service-stand.js'
import type { Told } from '../model/told.js'
import { type Measured, measuredServer } from './measured.js'
import { objectiveStands } from './objective-stands.js'
import type { Readings } from './readings.js'
import { replicaStands } from './replica-stands.js'
import { serviceLevel } from './service-level.js'

/** The gateway, the services of the document in its order, and those that only metrics know. */
export function serviceStands(readings: Readings): ServiceStand[] {
  const { model } = readings
  const known = [...(hasGateway(model) ? ['gateway'] : []), ...(model?.services.keys() ?? [])]
  const measuredOnly = readings.pages.flatMap((page) => [...(page.window.last?.servers.keys() ?? [])])
  return [...new Set([...known, ...measuredOnly])].map((name) =>
    serviceStand(name, model?.services.get(name), readings),
  )
}

function hasGateway(model: SystemModel | undefined): boolean {
  return model !== undefined && (model.gateway.listen !== undefined || model.forwardingRoutes.length > 0)
}

function serviceStand(name: string, model: ServiceModel | undefined, readings: Readings): ServiceStand {
  const isGateway = name === 'gateway' && model === undefined
  const isExternal = model?.isOurs === false
  const replicas = isExternal ? notOurs(name) : replicaStands(readings.run, name)
  const measured = isExternal ? notOurs(name) : measuredServer(readings.pages, name)
  const signals: Told<GoldenSignals> = measured.known
    ? { known: true, value: goldenSignals(measured.value, replicas) }
    : measured
  const objectives = objectiveStands(model, measured.known ? measured.value.totals : [])
  return {
    name,
    kind: isGateway ? 'gateway' : isExternal ? 'external' : 'service',
    description: model?.document.description ?? null,
    ...serviceLevel({ signals, replicas, objectives, isExternal }),
    signals,
    objectives,
    replicas,
  }
}

function notOurs(name: string): Told<never> {
  return { known: false, source: 'document', reason: `${name} is not run by this system` }
}

function goldenSignals(
  { totals, counted }: Measured<ServerTotals, Counted>,
  replicas: Told<readonly ReplicaStand[]>,
): GoldenSignals {
  const inFlight = added(totals.map((one) => one.inFlight))
  const limit = added(totals.map((one) => one.limit))
  const { saturation, saturationOf } = mostSaturated([
    ...totals.flatMap(({ pressures }) =>
      [...pressures].map(([resource, share]) => [resource.replaceAll('_', ' '), share] as const),
    ),
    ...(inFlight === null || limit === null || limit === 0 ? [] : [['slots', inFlight / limit] as const]),
    ...(replicas.known
      ? replicas.value.flatMap(({ kind, cpu }) =>
          cpu === null || kind === 'sidecar' ? [] : [['cpu', cpu] as const],
        )
      : []),
  ])
  return {
    ...signalsOf(counted),
    saturation,
    saturationOf,
    inFlight,
    queued: added(totals.map((one) => one.queued)),
  }
}

/** Rate, errors and latency of what was counted. */
export function signalsOf(
  counted: Counted | null,
): Pick<GoldenSignals, 'ratePerSecond' | 'errorShare' | 'p50Ms' | 'p95Ms' | 'p99Ms'> {
  if (counted === null)
    return { ratePerSecond: null, errorShare: null, p50Ms: null, p95Ms: null, p99Ms: null }
  const { ended, failed, seconds, durations } = counted
  return {
    ratePerSecond: rounded(ended / seconds),
    errorShare: ended === 0 ? null : rounded(Math.min(1, failed / ended)),
    p50Ms: rounded(quantileMs(durations, 0.5)),
    p95Ms: rounded(quantileMs(durations, 0.95)),
    p99Ms: rounded(quantileMs(durations, 0.99)),
  }
}

/** To four digits behind the point: what is drawn shows no more, and what has not changed is not sent again. */
export function rounded<Value extends number | null>(value: Value): Value {
  return (value === null ? null : Math.round(value * 10_000) / 10_000) as Value
}

/** Null when nobody has said anything. */
export function added(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0)
}

function mostSaturated(
  shares: readonly (readonly [of: string, share: number])[],
): Pick<GoldenSignals, 'saturation' | 'saturationOf'> {
  const [most] = [...shares].filter(([, share]) => share >= 0).sort(([, a], [, b]) => b - a)
  return most === undefined
    ? { saturation: null, saturationOf: null }
    : { saturation: rounded(most[1]), saturationOf: most[0] }
}
