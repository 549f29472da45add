import type { ManifestDocument } from '../document/manifest-document.js'
import type { MonitoringModel } from './monitoring-model.js'

export function buildMonitoring({ monitoring = {} }: ManifestDocument): MonitoringModel {
  const { metrics, alerts, traces, webhook } = monitoring
  const where = typeof webhook === 'string' ? { url: webhook, env: undefined } : webhook
  return { metrics, alerts, traces, webhook: where && { url: undefined, ...where } }
}
