import { withoutPipeline } from '../store/pipelining-transaction.js'
import type { StoreTransaction } from '../store/store.js'
import { HandlerError } from './errors.js'
import { inboxIdOf } from './inbox-id-of.js'
import type { EventRecord } from './received-event.js'
import type { Subscription } from './subscription.js'

/**
 * Calls the handler for each of the events that are fresh, by their ids in the inbox, in their order.
 *
 * @throws {HandlerError} with the event whose handler failed; the cause itself where that cannot be said
 */
export async function callHandlers(
  { topic, handle, areIndependent }: Subscription,
  transaction: StoreTransaction,
  events: readonly EventRecord[],
  fresh: Set<string>,
): Promise<void> {
  // Handlers share a transaction: each must hear of its own failure, or another one's event is blamed.
  const own = withoutPipeline(transaction)
  if (areIndependent) {
    const due = events.filter((event) => fresh.delete(inboxIdOf(topic, event)))
    await Promise.all(due.map((event) => handle(event, own))).catch((cause: unknown) => {
      // Of several, which one it was shows when they go one by one.
      throw events.length === 1 ? new HandlerError(0, cause) : cause
    })
    return
  }
  for (const [index, event] of events.entries()) {
    // The same event may have been published twice, and both lie in this batch.
    if (!fresh.delete(inboxIdOf(topic, event))) continue
    try {
      await handle(event, own)
    } catch (cause) {
      throw new HandlerError(index, cause)
    }
  }
}
