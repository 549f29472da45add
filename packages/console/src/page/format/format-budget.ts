import { formatShare } from './format-count.js'

/** `98% left`, or `303% over` where more has failed than may: nothing is left then, and not less than nothing. */
export function formatBudget(left: number | null): string {
  if (left === null) return 'not known yet'
  return left < 0 ? `${formatShare(-left)} over` : `${formatShare(left)} left`
}
