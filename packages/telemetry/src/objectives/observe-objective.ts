import type { MetricRegistry } from '../metrics/metric-registry.js'
import { durationText } from './burn-windows.js'
import type { ObjectiveTracker } from './objective-tracker.js'

/** Shows the burn rates that a process measures of itself. */
export function observeObjective(
  tracker: ObjectiveTracker,
  registry: MetricRegistry,
  service: string,
  now: () => number,
): void {
  const burnRate = registry.gauge({
    name: 'watertight_objective_burn_rate',
    help: 'How many times faster than allowed the error budget burns, over a window.',
    labels: ['service', 'objective', 'window'],
  })
  const remaining = registry.gauge({
    name: 'watertight_objective_budget_remaining_ratio',
    help: 'The share of the error budget that is left: 1 untouched, 0 used up, negative beyond.',
    labels: ['service', 'objective'],
  })
  for (const budget of tracker.budgets) {
    const objective = budget.objective.name
    remaining.with({ service, objective }).observe(() => budget.remaining(now()))
    for (const windowMs of budget.windowsMs) {
      burnRate
        .with({ service, objective, window: durationText(windowMs) })
        .observe(() => budget.burnRate(now(), windowMs))
    }
  }
}
