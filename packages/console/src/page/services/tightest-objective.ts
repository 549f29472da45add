import type { ObjectiveStand } from '../../model/service-stand.js'

/** The objective with the least of its budget left; one that is not known yet comes after all that are. */
export function tightestObjective(objectives: readonly ObjectiveStand[]): ObjectiveStand | undefined {
  return objectives.toSorted((a, b) => (a.budgetLeft ?? Infinity) - (b.budgetLeft ?? Infinity))[0]
}
