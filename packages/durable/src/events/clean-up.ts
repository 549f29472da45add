import { checkOptions, integer, milliseconds } from '@watertight/policy/options'
import type { Store } from '../store/store.js'
import { deleteInbox } from './queries/delete-inbox.js'
import { deleteKeys } from '../outbox/queries/delete-keys.js'
import { deleteOutbox } from '../outbox/queries/delete-outbox.js'

export interface CleanUpOptions {
  /** How long events are kept after they were published; those that a group has not handled are kept beyond. Default 7 days. */
  readonly eventsMs?: number
  /** How long an event is known to have been handled, and so how late it may come again. Default 7 days. */
  readonly inboxMs?: number
  /** Rows deleted of each table at the most. Default 10,000. */
  readonly rowsMax?: number
}

export interface CleanedUp {
  readonly events: number
  readonly inbox: number
  readonly keys: number
}

const WEEK_MS = 7 * 24 * 3_600_000

/**
 * Deletes what is done and old, a bounded number of rows: call it again and again, from one process or many. What it costs
 * depends on what it deletes, not on what is there.
 *
 * @throws {OptionError} when an option is unknown or out of its range
 */
export async function cleanUpEvents(store: Store, options: CleanUpOptions = {}): Promise<CleanedUp> {
  checkOptions('clean-up', options, {
    eventsMs: milliseconds(),
    inboxMs: milliseconds(),
    rowsMax: integer(1),
  })
  const { eventsMs = WEEK_MS, inboxMs = WEEK_MS, rowsMax = 10_000 } = options
  return {
    events: await deleteOutbox(store, eventsMs, rowsMax),
    inbox: await deleteInbox(store, inboxMs, rowsMax),
    keys: await deleteKeys(store, rowsMax),
  }
}
