import type { Store } from '../store/store.js'
import { listEvents, type PublishedEvent } from './queries/list-events.js'

export interface RecentEventsOptions {
  readonly topic?: string
  /** Default 100. */
  readonly limit?: number
}

/** The events that were published last, the oldest of them first. */
export async function recentEvents(
  store: Store,
  { topic, limit = 100 }: RecentEventsOptions = {},
): Promise<PublishedEvent[]> {
  return (await listEvents(store, topic, limit)).toReversed()
}
