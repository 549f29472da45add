import type { SystemModel } from '@watertight/manifest'
import { webhookOf } from './engine-program.js'

/** Why alerts of a run reach nobody; undefined where they do, or nobody has asked for any. */
export function unheardAlerts(system: SystemModel): string | undefined {
  const { alerts, webhook } = system.monitoring
  if (alerts === undefined || webhook?.env === undefined || webhookOf(system) !== undefined) return undefined
  return `alerts are sent to nobody: ${webhook.env} is not set, and would have the URL of a webhook`
}
