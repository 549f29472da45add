import type { CircuitSettings } from './circuit-breaker-options.js'
import type { CircuitTrigger } from './transitions.js'
import type { CallWindow } from './call-window.js'

/**
 * Why the calls of a window open the circuit; undefined while they do not.
 *
 * @param overdue calls in flight that are slow already
 */
export function tripOf(
  window: CallWindow,
  settings: CircuitSettings,
  overdue: number,
): CircuitTrigger | undefined {
  const { calls, failures } = window
  if (failures !== 0 && calls >= settings.minimumCalls && failures / calls >= settings.tripRate) {
    return settings.tripTrigger
  }
  if (settings.slowRate === Infinity) return undefined
  const known = calls + overdue
  const enough = known >= settings.minimumCalls
  return enough && (window.slow + overdue) / known >= settings.slowRate ? 'slow-call-rate' : undefined
}
