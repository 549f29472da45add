import { cleanUpChoreographies, cleanUpEvents, type Store } from '@watertight/durable'

const EVERY_MS = 60_000
/** Deleted at a time, so that no transaction is long; more of it follows at once. */
const ROWS_MAX = 10_000

export interface CleaningUp {
  /** Resolves when nothing of it is under way any more. */
  close(): Promise<void>
}

/**
 * Deletes what is done and old of a database, once a minute: events that all have handled, what is known of handled ones, and of
 * choreographies that are over. The library deletes none of it by itself. Several processes may do it at once.
 */
export function cleanUpRegularly(
  store: Store,
  onTrouble: (error: unknown) => void,
  everyMs: number = EVERY_MS,
): CleaningUp {
  const closed = new AbortController()
  let cleaning: Promise<void> | undefined
  const clean = async (): Promise<void> => {
    for (let isMore = true; isMore && !closed.signal.aborted;) {
      const events = await cleanUpEvents(store, { rowsMax: ROWS_MAX })
      const choreographies = await cleanUpChoreographies(store, { rowsMax: ROWS_MAX })
      isMore = Object.values({ ...events, ...choreographies }).some((rows) => rows >= ROWS_MAX)
    }
  }
  const timer = setInterval(() => {
    cleaning ??= clean()
      .catch(onTrouble)
      .finally(() => (cleaning = undefined))
  }, everyMs)
  timer.unref()
  return {
    close: async () => {
      closed.abort()
      clearInterval(timer)
      await cleaning
    },
  }
}
