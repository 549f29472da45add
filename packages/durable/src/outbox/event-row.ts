import { partitionOf } from './partition-of.js'
import { nearestSpelling, quote } from '@watertight/policy/options'
import { timeOrderedId } from './time-ordered-id.js'
import type { EventTypes } from './event-type.js'
import type { NewEvent, Topic } from './topic.js'

/** An event as it is written. */
export interface EventRow {
  readonly partition: number
  readonly eventId: string
  readonly key: string | null
  readonly type: string
  readonly version: number
  readonly subject: string | null
  readonly occurredAt: string | null
  readonly traceParent: string | null
  readonly traceState: string | null
  /** JSON. */
  readonly data: string
}

/** A row is read again and again: what is larger belongs elsewhere, with a reference to it in the event. */
const DATA_BYTES_MAX = 1_048_576
const KEY_LENGTH_MAX = 255

/**
 * @throws {Error} when the event is not of its topic: an unknown type, data that its schema refuses, a key that is none
 */
export function eventRow<Types extends EventTypes>(topic: Topic<Types>, event: NewEvent<Types>): EventRow {
  const type = Object.hasOwn(topic.types, event.type) ? topic.types[event.type] : undefined
  const refuse = (what: string, given: unknown): Error =>
    new Error(`cannot publish to ${topic.name}: ${what}, got ${quote(given)}`)
  if (type === undefined) {
    const near = nearestSpelling(event.type, Object.keys(topic.types))
    const hint = near === undefined ? '' : `; did you mean ${near}?`
    throw new Error(
      `cannot publish to ${topic.name}: type must be one of ${Object.keys(topic.types).join(', ')}, got ${quote(event.type)}${hint}`,
    )
  }
  const { key, id = timeOrderedId() } = event
  if (
    key !== null &&
    (typeof key !== 'string' || key === '' || key.length > KEY_LENGTH_MAX || key.includes('\0'))
  )
    throw refuse(`key must be null or 1 to ${KEY_LENGTH_MAX} characters`, key)
  if (id === '' || id.length > KEY_LENGTH_MAX || id.includes('\0'))
    throw refuse(`id must be 1 to ${KEY_LENGTH_MAX} characters`, id)
  const { subject = key, time } = event
  if (subject?.includes('\0') === true) throw refuse('subject must hold no zero character', subject)
  if (time !== undefined && !isTime(time))
    throw refuse('time must be a Date of the years 1 to 9999', time instanceof Date ? String(time) : time)
  return {
    partition: partitionOf(key ?? id),
    eventId: id,
    key,
    type: event.type,
    version: type.version ?? 1,
    subject,
    occurredAt: time?.toISOString() ?? null,
    traceParent: event.traceParent ?? null,
    traceState: event.traceState ?? null,
    data: serialized(topic.name, event.type, type.schema.parse(event.data), event.data),
  }
}

/** What the database reads of what `toISOString` writes: an error of its would take the whole transaction with it. */
const isTime = (time: unknown): boolean =>
  time instanceof Date && time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9_999

/** What was given is written, not what its schema made of it: the schema reads it again, when it is consumed. */
function serialized(topic: string, type: string, _checked: unknown, data: unknown): string {
  const json = JSON.stringify(data) as string | undefined
  if (json === undefined)
    throw new Error(`cannot publish ${type} to ${topic}: data must be JSON, got ${quote(data)}`)
  const bytes = Buffer.byteLength(json)
  if (bytes <= DATA_BYTES_MAX) return json
  throw new Error(
    `cannot publish ${type} to ${topic}: data must be <= ${DATA_BYTES_MAX} bytes of JSON, got ${bytes}`,
  )
}
