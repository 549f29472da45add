import type { Store } from '../store/store.js'
import { deleteEndedChoreographies } from './queries/delete-ended-choreographies.js'
import { deleteSteps } from './queries/delete-steps.js'

export interface ChoreographyCleanUpOptions {
  /** How long a monitor still tells of one that has ended. Those that have not are kept. Default 7 days. */
  readonly endedMs?: number
  /**
   * How long a service knows what it has done or undone, and so how late the whole may still turn back: a step that is forgotten
   * is not undone any more. Default 90 days.
   */
  readonly stepsMs?: number
  /** Rows deleted of each table at the most. Default 10,000. */
  readonly rowsMax?: number
}

export interface CleanedUpChoreographies {
  /** Of a monitor. */
  readonly ended: number
  /** What services knew of their steps. */
  readonly steps: number
}

const DAY_MS = 24 * 3_600_000

/**
 * Deletes what is known of choreographies that are over, a bounded number of rows: call it again and again, from one process or
 * many. What it costs depends on what it deletes, not on what is there.
 */
export async function cleanUpChoreographies(
  store: Store,
  { endedMs = 7 * DAY_MS, stepsMs = 90 * DAY_MS, rowsMax = 10_000 }: ChoreographyCleanUpOptions = {},
): Promise<CleanedUpChoreographies> {
  return {
    ended: await deleteEndedChoreographies(store, endedMs, rowsMax),
    steps: await deleteSteps(store, stepsMs, rowsMax),
  }
}
