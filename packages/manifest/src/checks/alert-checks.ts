import type { SystemModel } from '../model/system-model.js'
import { formatDuration } from '../units/duration.js'
import { formatPercentage } from '../units/percentage.js'
import type { Check } from './check.js'

export const alertChecks: readonly Check[] = [
  {
    code: 'WT-OPERATIONS-ALERT-NEVER-FIRES',
    group: 'operations',
    severity: 'error',
    title: 'a burn-rate alert that can never fire',
    *find(model) {
      for (const alert of model.alerts) {
        const reason = whyNeverFires(alert.service, alert.burnRate, alert.longMs, model)
        if (reason === undefined) continue
        yield {
          path: [...alert.path, 'burnRate'],
          message: `alert ${alert.name} can never fire: ${reason}`,
          hint: 'give the service an objective, and keep the burn rate below 1 / (1 - availability)',
        }
      }
    },
  },
  {
    code: 'WT-OPERATIONS-ALERT-WINDOWS',
    group: 'operations',
    severity: 'warning',
    title: 'the short window of an alert is not the shorter one',
    *find(model) {
      for (const alert of model.alerts) {
        if (alert.shortMs < alert.longMs) continue
        yield {
          path: alert.path,
          message: `alert ${alert.name}: short must be below long (${formatDuration(alert.longMs)}), got ${formatDuration(alert.shortMs)}`,
          hint: `write short: ${formatDuration(Math.max(1_000, Math.floor(alert.longMs / 12)))}`,
        }
      }
    },
  },
]

function whyNeverFires(
  name: string,
  burnRate: number,
  longMs: number,
  model: SystemModel,
): string | undefined {
  const service = model.services.get(name)
  if (service === undefined) return undefined
  if (service.availability === undefined) return `${name} has no availability objective`
  if (service.availability === 1) return 'an objective of 100% has no error budget to burn'
  // With every request failing the budget burns 1 / (1 - objective) times too fast, and no faster.
  const most = Number((1 / (1 - service.availability)).toFixed(6))
  if (burnRate > most) {
    return `at ${formatPercentage(service.availability)} the budget burns ${most} times too fast at most, got ${burnRate}`
  }
  if (longMs > service.objectiveWindowMs) {
    return `its window of ${formatDuration(longMs)} is longer than that of the objective (${formatDuration(service.objectiveWindowMs)})`
  }
  return undefined
}
