import type { Store } from '../store/store.js'
import type { DeadLetter, DeadLetterFilter } from './dead-letter.js'
import { listDeadLetters } from './queries/list-dead-letters.js'
import { decideDeadLetters } from './queries/decide-dead-letters.js'

/** Events that failed as often as they may, the oldest first, up to `limit` (default 100). */
export async function deadLetters(
  store: Store,
  filter: DeadLetterFilter & { readonly limit?: number } = {},
): Promise<DeadLetter[]> {
  return await listDeadLetters(store, filter, filter.limit ?? 100)
}

/** Has dead letters tried again, and after them the later events of their keys. Resolves to how many. */
export async function redriveDeadLetters(store: Store, filter: DeadLetterFilter): Promise<number> {
  return await decideDeadLetters(store, filter, 'retry')
}

/** Gives dead letters up: they are never handled, and the later events of their keys go on. Resolves to how many. */
export async function discardDeadLetters(store: Store, filter: DeadLetterFilter): Promise<number> {
  return await decideDeadLetters(store, filter, 'discard')
}
