import { checkOptions, integer, text } from '@watertight/policy/options'
import type { Store } from '../store/store.js'
import { listEvents, type PublishedEvent } from './queries/list-events.js'

export interface RecentEventsOptions {
  readonly topic?: string
  /** Default 100. */
  readonly limit?: number
}

/**
 * The events that were published last, the oldest of them first.
 *
 * @throws {OptionError} when an option is unknown or out of its range
 */
export async function recentEvents(
  store: Store,
  options: RecentEventsOptions = {},
): Promise<PublishedEvent[]> {
  checkOptions('list of events', options, { topic: text, limit: integer(1) })
  const { topic, limit = 100 } = options
  return (await listEvents(store, topic, limit)).toReversed()
}
