import type { SystemModel } from '../model/system-model.js'
import type { Check } from './check.js'

export const monitoringChecks: readonly Check[] = [
  {
    code: 'WT-OPERATIONS-ALERT-UNHEARD',
    group: 'operations',
    severity: 'warning',
    title: 'alerts that reach nobody',
    *find({ monitoring }) {
      const gap = gapIn(monitoring)
      if (gap === undefined) return
      const { key, message, hint } = gap
      yield { path: ['monitoring', key], part: 'key', message, hint }
    },
  },
]

interface Gap {
  readonly key: 'alerts' | 'webhook'
  readonly message: string
  readonly hint: string
}

function gapIn({ metrics, alerts, webhook }: SystemModel['monitoring']): Gap | undefined {
  if (alerts !== undefined && metrics === undefined)
    return {
      key: 'alerts',
      message: 'no alert ever fires: nothing evaluates the objectives that they watch',
      hint: 'write monitoring: { metrics: prometheus } as well',
    }
  if (alerts !== undefined && webhook === undefined)
    return {
      key: 'alerts',
      message: 'alerts are shown on the page of Alertmanager, and sent to nobody',
      hint: 'write monitoring: { webhook: { env: ALERTS_WEBHOOK_URL } }, and set that variable',
    }
  if (webhook !== undefined && alerts === undefined)
    return {
      key: 'webhook',
      message: 'the webhook gets no alert: nothing sends it one',
      hint: 'write monitoring: { metrics: prometheus, alerts: alertmanager } as well',
    }
  return undefined
}
