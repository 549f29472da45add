import type { Topic } from '../outbox/topic.js'
import type { EventRecord } from './received-event.js'

/**
 * By what the inbox knows an event. Ids are unique for their source (CloudEvents 1.0), so that of another source than the
 * topic's own goes with it: two services that count from 1 do not hide one another's events.
 */
export const inboxIdOf = ({ source }: Pick<Topic, 'source'>, event: EventRecord): string =>
  event.source === source ? event.eventId : `${event.source} ${event.eventId}`
