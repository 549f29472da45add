import { ErrorBudget, type BurnAlert } from './error-budget.js'
import { objectivesOf, type ObjectiveName, type ObjectiveTargets } from './objective.js'

/** An alert, and what it is about. */
export interface ObjectiveAlert extends BurnAlert {
  readonly objective: ObjectiveName
}

/**
 * How a service stands to its objectives, measured in the process itself. Time is an argument, in monotonic
 * milliseconds. Nothing survives a restart: for longer than a process lives, use the rules for Prometheus.
 *
 * @throws {OptionError} when no objective is given, or one is out of its range
 * @example
 * const tracker = new ObjectiveTracker({ availability: 0.999, latency: { p99Ms: 300 } })
 * tracker.record(0, true, 12)
 * console.log(tracker.alerts(1_000).filter(({ firing }) => firing))
 */
export class ObjectiveTracker {
  readonly budgets: readonly ErrorBudget[]

  constructor(targets: ObjectiveTargets) {
    this.budgets = objectivesOf(targets).map((objective) => new ErrorBudget(objective))
  }

  /** Limits that a histogram should have as bounds, in seconds. */
  get latencyLimitsSeconds(): readonly number[] {
    return this.budgets.map(({ objective }) => objective.limitMs / 1_000).filter(Number.isFinite)
  }

  /** One request is over. What failed is no example of a latency. Allocates nothing. */
  record(now: number, succeeded: boolean, durationMs: number): void {
    for (let index = 0; index < this.budgets.length; index++) {
      const budget = this.budgets[index]!
      const { limitMs } = budget.objective
      if (limitMs === Infinity) budget.record(now, succeeded)
      else if (succeeded) budget.record(now, durationMs <= limitMs)
    }
  }

  alerts(now: number): ObjectiveAlert[] {
    return this.budgets.flatMap((budget) =>
      budget.alerts(now).map((alert) => ({ ...alert, objective: budget.objective.name })),
    )
  }
}
