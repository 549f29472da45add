import type { CircuitSettings } from './circuit-breaker-options.js'
import type { CircuitTrigger } from './transitions.js'
import type { CallWindow } from './window.js'

/**
 * Why the calls of a window open the circuit; undefined while they do not.
 *
 * @param overdue calls in flight that are slow already
 */
export function tripOf(
  { calls, failures, slow }: CallWindow,
  settings: CircuitSettings,
  overdue: number,
): CircuitTrigger | undefined {
  const { minimumCalls } = settings
  if (failures !== 0 && calls >= minimumCalls && failures / calls >= settings.tripRate) {
    return settings.window.kind === 'consecutive' ? 'consecutive-failures' : 'failure-rate'
  }
  const known = calls + overdue
  return known >= minimumCalls && (slow + overdue) / known >= settings.slowRate ? 'slow-call-rate' : undefined
}
