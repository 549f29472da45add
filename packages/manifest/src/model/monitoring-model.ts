import type { MonitoringDocument } from '../document/monitoring-document.js'

/** What watches the running system, and where its alerts are told. */
export interface MonitoringModel {
  readonly metrics: MonitoringDocument['metrics']
  readonly alerts: MonitoringDocument['alerts']
  readonly traces: MonitoringDocument['traces']
  readonly webhook: { readonly url: string | undefined; readonly env: string | undefined } | undefined
}
