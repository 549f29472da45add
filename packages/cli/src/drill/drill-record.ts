import type { SystemModel } from '@watertight/manifest'
import type { LoadReport } from '@watertight/supervisor'
import type { BacklogPeak } from './backlog-watch.js'
import { blowText, type DrillPlan } from './drill-plan.js'
import type { DrillWatch } from './drill-watch.js'

/** Something that was measured, beside what the document asks for. */
export interface Measured {
  /** Null where it did not come to that. */
  readonly afterMs: number | null
  readonly withinMs: number
  readonly ok: boolean
}

/** What the document promises of a service that the gateway, or the drill, asks. */
export interface PromisedObjective {
  readonly service: string
  /** From 0 to 1; null where nothing is promised. */
  readonly availability: number | null
  readonly p99Ms: number | null
}

/** What came of a drill. */
export interface DrillRecord {
  readonly schemaVersion: 1
  readonly kind: 'drill'
  /** Whether all objectives were met. */
  readonly ok: boolean
  readonly drill: string
  readonly system: string
  /** Whether it ran by the document's schedule, and not by hand. */
  readonly scheduled: boolean
  /** When the fault began, in milliseconds since 1970. */
  readonly at: number
  readonly target: string | null
  readonly fault: string
  readonly detected: Measured & { readonly by: string | null }
  /** The recovery time (RTO). */
  readonly recovered: Measured
  /** The requests of the drill's own load; null without one. */
  readonly requests: RequestsRecord | null
  /** What waited to be done later; null where no store tells. */
  readonly backlog: (BacklogPeak & { readonly drained: Measured }) | null
  /** What has been given up for good meanwhile: sagas whose compensation failed, and dead letters; null where no store tells. */
  readonly lost: number | null
  /** How many the `verify` of the document has counted as lost (RPO), null when it failed; null where there is none. */
  readonly verified: { readonly lost: number | null; readonly said: string } | null
  readonly objectives: readonly PromisedObjective[]
  /** Who was told, and whether they took it; null where the document names nobody. */
  readonly notified: { readonly detected: boolean; readonly recovered: boolean } | null
}

export interface RequestsRecord extends Pick<LoadReport, 'requests' | 'successShare' | 'p99Ms' | 'outcomes'> {
  readonly failed: number
  /** From the first request that failed to the first that was answered well after the last failure; null: none was. */
  readonly outageMs: number | null
  /** The share that may fail, 0..1. */
  readonly failedMax: number
  readonly ok: boolean
}

export interface DrillOutcome {
  readonly at: number
  readonly scheduled: boolean
  readonly watch: Pick<DrillWatch, 'detectedAfterMs' | 'recoveredAfterMs' | 'detectedBy'>
  readonly load: { readonly report: LoadReport; readonly outageMs: number | null } | undefined
  readonly backlog: { readonly peak: BacklogPeak; readonly drainedAfterMs: number | null } | undefined
  readonly lost: number | null
  readonly verified: DrillRecord['verified']
  readonly notified: DrillRecord['notified']
}

export function drillRecord(plan: DrillPlan, model: SystemModel, outcome: DrillOutcome): DrillRecord {
  const { watch, load, backlog, lost, verified, notified, at, scheduled } = outcome
  const detected = measured(watch.detectedAfterMs, plan.detectMs)
  const recovered = measured(watch.recoveredAfterMs, plan.recoverMs)
  const requests = load === undefined ? null : requestsOf(load, plan.failedMax)
  const drained = measured(backlog?.drainedAfterMs ?? null, plan.recoverMs)
  const isTold = notified === null || (notified.detected && notified.recovered)
  const isKept = (lost ?? 0) === 0 && (verified === null || verified.lost === 0)
  const isDone = (requests?.ok ?? true) && (backlog === undefined || drained.ok)
  return {
    schemaVersion: 1,
    kind: 'drill',
    ok: detected.ok && recovered.ok && isKept && isDone && isTold,
    drill: plan.name,
    system: model.name,
    scheduled,
    at,
    target: plan.target ?? null,
    fault: blowText(plan.blow),
    detected: { ...detected, by: watch.detectedBy },
    recovered,
    requests,
    backlog: backlog === undefined ? null : { ...backlog.peak, drained },
    lost,
    verified,
    objectives: objectivesOf(model),
    notified,
  }
}

function requestsOf(
  { report, outageMs }: NonNullable<DrillOutcome['load']>,
  failedMax: number,
): RequestsRecord {
  const { requests, successShare, p99Ms, outcomes } = report
  const failed = Math.round(requests * (1 - successShare))
  const ok = requests === 0 || failed / requests <= failedMax
  return {
    requests,
    failed,
    successShare,
    p99Ms,
    outcomes,
    outageMs: outageMs === null ? null : Math.round(outageMs),
    failedMax,
    ok,
  }
}

function measured(measuredMs: number | null, withinMs: number): Measured {
  const afterMs = measuredMs === null ? null : Math.round(measuredMs)
  return { afterMs, withinMs, ok: afterMs !== null && afterMs <= withinMs }
}

/** Those of the services behind the gateway's routes; without any, of all that promise something. */
function objectivesOf({ services, forwardingRoutes }: SystemModel): PromisedObjective[] {
  const asked = new Set(forwardingRoutes.map(({ to }) => to))
  const all = [...services.values()].filter(({ document }) => document.objective !== undefined)
  const behind = all.filter(({ name }) => asked.has(name))
  return (behind.length > 0 ? behind : all).map(({ name, availability, p99Ms }) => ({
    service: name,
    availability: availability ?? null,
    p99Ms: p99Ms ?? null,
  }))
}
