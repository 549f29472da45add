import { upcast, type DataOf, type EventTypes } from '../outbox/event-type.js'
import type { Topic } from '../outbox/topic.js'

/** An event as it was written. */
export interface EventRecord {
  readonly partition: number
  readonly transaction: number
  readonly id: number
  readonly eventId: string
  readonly key: string | null
  readonly type: string
  readonly version: number
  readonly source: string
  readonly subject: string | null
  /** ISO 8601, UTC. */
  readonly time: string
  readonly traceParent: string | null
  readonly traceState: string | null
  /** JSON. */
  readonly data: string
  /** Where it stands among those of its key, when the log it came from is not where it was published. */
  readonly sequence?: number
}

/** An event as a handler gets it: its data brought to the version of today and read by its schema. */
export type ReceivedEvent<Types extends EventTypes> = {
  readonly [Name in keyof Types & string]: {
    readonly type: Name
    readonly data: DataOf<Types[Name]>
    /** The version that it was published under. */
    readonly version: number
    /** Unique for its source. */
    readonly id: string
    readonly source: string
    readonly topic: string
    readonly key: string | null
    readonly subject: string | null
    /** When it was published, ISO 8601, UTC. */
    readonly time: string
    /** Grows from event to event of a key; what a read model compares. */
    readonly sequence: number
    readonly partition: number
    readonly transaction: number
    readonly traceParent: string | null
    readonly traceState: string | null
  }
}[keyof Types & string]

/** @throws {Error} when its type is not of the topic, or its schema refuses the data: the event cannot be handled here */
export function receiveEvent<Types extends EventTypes>(
  topic: Topic<Types>,
  record: EventRecord,
): ReceivedEvent<Types> {
  const type = Object.hasOwn(topic.types, record.type) ? topic.types[record.type] : undefined
  if (type === undefined) {
    const known = Object.keys(topic.types).join(', ')
    throw new Error(`cannot read event ${record.eventId}: type must be one of ${known}, got ${record.type}`)
  }
  // Field by field: to copy what is left of a record takes longer than all else that a consumer does with an event.
  const event: ReceivedEvent<EventTypes> = {
    type: record.type,
    data: type.schema.parse(upcast(record.type, type, record.version, JSON.parse(record.data))),
    version: record.version,
    id: record.eventId,
    source: record.source,
    topic: topic.name,
    key: record.key,
    subject: record.subject,
    time: record.time,
    sequence: record.sequence ?? record.id,
    partition: record.partition,
    transaction: record.transaction,
    traceParent: record.traceParent,
    traceState: record.traceState,
  }
  return event as ReceivedEvent<Types>
}
