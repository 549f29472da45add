import type { Totals } from '../metrics/totals.js'
import type { EventLog } from './event-log.js'

/** Tells what changed between two readings of one page: breakers and ejections. */
export function logMetricEvents(log: EventLog, instance: string, before: Totals, now: Totals): void {
  for (const [edge, calls] of now.calls) {
    const former = before.calls.get(edge)
    // A process that has started again counts from 0, and what it counted before was told.
    if (former === undefined || calls.ended < former.ended) continue
    for (const [transition, count] of calls.transitions) {
      if (count <= (former.transitions.get(transition) ?? 0)) continue
      const [from, to, trigger] = transition.split('>')
      log.add({
        kind: 'breaker',
        level: to === 'open' || to === 'forced-open' ? 'critical' : to === 'closed' ? 'info' : 'warning',
        service: calls.to,
        edge,
        text: `circuit breaker of ${edge} goes from ${from} to ${to}: ${trigger} (${instance})`,
      })
    }
    const ejected = calls.ejections - former.ejections
    if (ejected > 0)
      log.add({
        kind: 'ejection',
        level: 'warning',
        service: calls.to,
        edge,
        text: `${instance} takes ${ejected === 1 ? 'an endpoint' : `${ejected} endpoints`} of ${calls.to} out of the balancing`,
      })
  }
}
