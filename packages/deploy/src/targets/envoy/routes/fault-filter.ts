import type { FaultModel } from '@watertight/manifest'
import { type Json, seconds, typed } from '../json.js'

export const FAULT_FILTER = 'envoy.filters.http.fault'
export const FAULT_TYPE = 'envoy.extensions.filters.http.fault.v3.HTTPFault'

/** What goes wrong on purpose, before the request is sent or tried. */
export function faultFilter(fault: FaultModel | undefined): Json {
  if (fault === undefined) return {}
  const { delay, abort } = fault
  return {
    [FAULT_FILTER]: typed(FAULT_TYPE, {
      ...(delay === undefined
        ? {}
        : { delay: { fixed_delay: seconds(delay.byMs), percentage: percentage(delay.share) } }),
      ...(abort === undefined
        ? {}
        : { abort: { http_status: abort.status, percentage: percentage(abort.share) } }),
    }),
  }
}

/** A share from 0 to 1, in millionths. */
export function percentage(share: number): Json {
  return { numerator: Math.round(share * 1_000_000), denominator: 'MILLION' }
}
