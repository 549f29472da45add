import { DAY_MS, HOUR_MS, MINUTE_MS, rounded, type Objective } from './objective.js'

export type Severity = 'page' | 'ticket'

/** One alert: it fires while the budget burns `factor` times too fast over both of its windows. */
export interface BurnWindows {
  readonly severity: Severity
  /** Shows that it is worth an alert. */
  readonly longMs: number
  /** Shows that it is still going on, so that the alert ends soon after the trouble. */
  readonly shortMs: number
  /** How many times faster than what would use the budget up just at the end of the objective's window. */
  readonly factor: number
}

const ALERTS: readonly (Omit<BurnWindows, 'factor'> & { readonly budgetShare: number })[] = [
  { severity: 'page', longMs: HOUR_MS, shortMs: 5 * MINUTE_MS, budgetShare: 0.02 },
  { severity: 'page', longMs: 6 * HOUR_MS, shortMs: 30 * MINUTE_MS, budgetShare: 0.05 },
  { severity: 'ticket', longMs: DAY_MS, shortMs: 2 * HOUR_MS, budgetShare: 0.1 },
  { severity: 'ticket', longMs: 3 * DAY_MS, shortMs: 6 * HOUR_MS, budgetShare: 0.1 },
]

/**
 * The alerts of an objective. Source: The Site Reliability Workbook, chapter 5, alerting on several windows: page when
 * 2% of the budget went in an hour or 5% in six, ticket when 10% went in one day or in three. Over 30 days these are
 * the factors 14.4, 6, 3 and 1.
 *
 * An alert that could never fire is left out: a budget of a tenth cannot burn more than ten times too fast, and no
 * window may be longer than the objective's.
 */
export function burnWindowsOf({ allowed, windowMs }: Objective): BurnWindows[] {
  return ALERTS.map(({ budgetShare, ...alert }) => ({
    ...alert,
    factor: rounded((budgetShare * windowMs) / alert.longMs),
  })).filter(({ factor, longMs }) => longMs <= windowMs && factor * allowed < 1)
}

/** Over which times burn rates are told, whether or not an alert asks for them; ascending. */
export function measuredWindowsMs({ windowMs }: Objective): readonly number[] {
  const lengths = new Set(ALERTS.flatMap(({ shortMs, longMs }) => [shortMs, longMs]).concat(windowMs))
  return [...lengths].filter((length) => length <= windowMs).sort((left, right) => left - right)
}

/** A length of time as Prometheus writes it: `5m`, `1h`, `3d`. */
export function durationText(milliseconds: number): string {
  const [unitMs, unit] = UNITS.find(([candidate]) => milliseconds % candidate === 0) ?? [1, 'ms']
  return `${milliseconds / unitMs}${unit}`
}

const UNITS: readonly (readonly [number, string])[] = [
  [DAY_MS, 'd'],
  [HOUR_MS, 'h'],
  [MINUTE_MS, 'm'],
  [1_000, 's'],
]
