import type { JSX } from 'preact'
import type { ObjectiveStand } from '../../model/service-stand.js'
import { formatBudget } from '../format/format-budget.js'
import { formatShare } from '../format/format-count.js'
import { formatDuration } from '../format/format-duration.js'

/** `99.9% available`, `99% within 250 ms`. */
function objectiveText({ name, target, limitMs }: ObjectiveStand): string {
  const share = formatShare(target)
  return name === 'availability' ? `${share} available` : `${share} within ${formatDuration(limitMs)}`
}

/** What is left of an error budget, as a bar and a number. */
export function BudgetMeter({ objective }: { readonly objective: ObjectiveStand }): JSX.Element {
  const { budgetLeft } = objective
  const left = Math.min(1, Math.max(0, budgetLeft ?? 0))
  const tone = budgetLeft === null ? 'unknown' : budgetLeft <= 0 ? 'critical' : left < 0.25 ? 'warning' : 'ok'
  const text = formatBudget(budgetLeft)
  return (
    <div class={`meter meter-${tone}`}>
      <span class="meter-name">{objectiveText(objective)}</span>
      <svg class="meter-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect class="meter-ground" width="100" height="6" rx="3" />
        <rect class="meter-fill" width={left * 100} height="6" rx="3" />
      </svg>
      <span class="meter-left">{text}</span>
    </div>
  )
}
