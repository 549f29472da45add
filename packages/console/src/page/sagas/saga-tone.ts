import type { SagaSummary } from '../../model/saga-summary.js'

/** How loud a saga is: one that has undone itself has done what it should. */
export function sagaTone(status: SagaSummary['status']): 'ok' | 'warning' | 'critical' {
  if (status === 'compensation-failed') return 'critical'
  return status === 'compensating' ? 'warning' : 'ok'
}
