import type { monitoringNames } from '../words/monitoring-names.js'

/** Where alerts are sent: a URL that takes them by POST, or the variable of the environment that has it. */
export type WebhookDocument = string | { readonly env: string }

/** What watches the running system. `watertight up` starts it, beside what the services need themselves. */
export interface MonitoringDocument {
  /** Asks every service and proxy for its metrics, and evaluates the objectives and alerts of the document. */
  readonly metrics?: (typeof monitoringNames.metrics)[number]
  /** Hears which alerts fire, and tells of them. */
  readonly alerts?: (typeof monitoringNames.alerts)[number]
  /** Takes the spans of every program. */
  readonly traces?: (typeof monitoringNames.traces)[number]
  readonly webhook?: WebhookDocument
}
