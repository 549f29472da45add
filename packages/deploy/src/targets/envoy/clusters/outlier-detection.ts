import type { EjectionModel } from '@watertight/manifest'
import { type Json, seconds } from '../json.js'

const MAX_EJECTION_MS = 300_000
/** A share such as 0.7 of ten is seven, however it is stored. */
const ROUNDING = 1e-9

/**
 * Ejection by failures in a row, and by nothing else: Envoy also ejects by success rate unless that is switched off. The
 * largest share is told so that the last endpoint stays, as the document promises.
 */
export function outlierDetection(ejection: EjectionModel, endpoints: number): Json {
  const { consecutiveFailures, intervalMs, baseEjectionMs } = ejection
  return {
    consecutive_5xx: consecutiveFailures,
    enforcing_consecutive_5xx: 100,
    enforcing_success_rate: 0,
    enforcing_failure_percentage: 0,
    enforcing_consecutive_gateway_failure: 0,
    interval: seconds(intervalMs),
    base_ejection_time: seconds(baseEjectionMs),
    max_ejection_time: seconds(Math.max(MAX_EJECTION_MS, baseEjectionMs)),
    max_ejection_percent: largestShare(ejection.maxEjected, endpoints),
  }
}

/** As a percentage of so many endpoints, rounded up so that Envoy's own rounding does not lose one. */
function largestShare(share: number, endpoints: number): number {
  const most = Math.min(Math.floor(endpoints * share + ROUNDING), endpoints - 1)
  return Math.max(0, Math.ceil((most / endpoints) * 100))
}
