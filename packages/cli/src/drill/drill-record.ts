import type { LoadReport } from '@watertight/supervisor'
import type { DrillPlan } from './drill-plan.js'
import type { DrillWatch } from './drill-watch.js'

/** Something that was measured, beside what the document asks for. */
interface Measured {
  /** Null where it did not come to that. */
  readonly afterMs: number | null
  readonly withinMs: number
  readonly ok: boolean
}

/** What came of a drill. */
export interface DrillRecord {
  readonly schemaVersion: 1
  /** Whether all objectives were met. */
  readonly ok: boolean
  readonly drill: string
  readonly system: string
  /** When the fault began, in milliseconds since 1970. */
  readonly at: number
  readonly target: string
  readonly fault: string
  readonly detected: Measured & { readonly by: string | null }
  readonly recovered: Measured
  /** The requests of `--load`; null without it. */
  readonly requests:
    | (Pick<LoadReport, 'requests' | 'successShare' | 'p99Ms' | 'outcomes'> & { readonly failed: number })
    | null
  /** What has been given up for good meanwhile: sagas whose compensation failed, and dead letters; null where no store tells. */
  readonly lost: number | null
  /** Who was told, and whether they took it; null where the document names nobody. */
  readonly notified: { readonly detected: boolean; readonly recovered: boolean } | null
}

export interface DrillOutcome {
  readonly system: string
  readonly at: number
  readonly watch: Pick<DrillWatch, 'detectedAfterMs' | 'recoveredAfterMs' | 'detectedBy'>
  readonly load: LoadReport | undefined
  readonly lost: number | null
  readonly notified: DrillRecord['notified']
}

export function drillRecord(plan: DrillPlan, outcome: DrillOutcome): DrillRecord {
  const { watch, load, lost, notified, system, at } = outcome
  const detected = measured(watch.detectedAfterMs, plan.detectMs)
  const recovered = measured(watch.recoveredAfterMs, plan.recoverMs)
  const isTold = notified === null || (notified.detected && notified.recovered)
  return {
    schemaVersion: 1,
    ok: detected.ok && recovered.ok && (lost ?? 0) === 0 && isTold,
    drill: plan.name,
    system,
    at,
    target: plan.target,
    fault: plan.fault === 'latency' ? `answers ${plan.delayMs / 1_000} s late` : 'answers 503',
    detected: { ...detected, by: watch.detectedBy },
    recovered,
    requests: load === undefined ? null : requestsOf(load),
    lost,
    notified,
  }
}

function requestsOf({ requests, successShare, p99Ms, outcomes }: LoadReport): DrillRecord['requests'] {
  return { requests, failed: Math.round(requests * (1 - successShare)), successShare, p99Ms, outcomes }
}

function measured(afterMs: number | null, withinMs: number): Measured {
  return { afterMs, withinMs, ok: afterMs !== null && afterMs <= withinMs }
}

/** What came of it, a line each: `ok  detected   after 6.2 s, of 60 s    by order`. */
export function recordLines(record: DrillRecord): string[] {
  const { detected, recovered, requests, lost, notified } = record
  const line = (ok: boolean, what: string, text: string): string =>
    `${ok ? 'ok' : 'no'}  ${what.padEnd(10)} ${text}`
  return [
    line(
      detected.ok,
      'detected',
      `${spell(detected)}${detected.by === null ? '' : `, by the breaker of ${detected.by}`}`,
    ),
    line(recovered.ok, 'recovered', spell(recovered)),
    ...(requests === null
      ? []
      : [
          line(
            true,
            'requests',
            `${requests.failed} of ${requests.requests} failed, p99 ${Math.round(requests.p99Ms)} ms`,
          ),
        ]),
    lost === null
      ? '-   lost       not known: no store of sagas and events could be asked'
      : line(lost === 0, 'lost', `${lost} sagas and events given up`),
    ...(notified === null
      ? []
      : [
          line(
            notified.detected && notified.recovered,
            'notified',
            `detection ${sent(notified.detected)}, recovery ${sent(notified.recovered)}`,
          ),
        ]),
  ]
}

const sent = (isSent: boolean): string => (isSent ? 'was taken' : 'was not taken')

export function spell({ afterMs, withinMs }: Measured): string {
  const within = `${withinMs / 1_000} s are allowed`
  return afterMs === null ? `not at all; ${within}` : `after ${(afterMs / 1_000).toFixed(1)} s; ${within}`
}
