import { createHash } from 'node:crypto'
import type { EventRecord } from '../../events/received-event.js'
import { kafkaPosition } from './kafka-position.js'
import { structuredEvent } from './structured-event.js'
import type { KafkaRecord } from './visible-records.js'

/** What is sent to Kafka of an event. */
export interface KafkaMessage {
  readonly topic: string
  readonly partition: number
  readonly key?: Buffer
  readonly value: Buffer
  readonly headers: Map<Buffer, Buffer>
}

/**
 * An event in the binary mode of the Kafka protocol binding of CloudEvents 1.0: its data is the value, its attributes are
 * headers, so that whoever knows nothing of CloudEvents reads plain JSON. Its key is that of the message. The message has
 * the time of sending, since Kafka deletes by that; the event keeps its own.
 */
export function toKafkaMessage(topic: string, event: EventRecord): KafkaMessage {
  const attributes: Record<string, string | null> = {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: event.eventId,
    ce_source: event.source,
    ce_type: event.type,
    ce_time: event.time,
    ce_subject: event.subject,
    ce_partitionkey: event.key,
    ce_sequence: String(event.id).padStart(19, '0'),
    ce_dataversion: String(event.version),
    ce_traceparent: event.traceParent,
    ce_tracestate: event.traceState,
  }
  const headers = new Map<Buffer, Buffer>()
  for (const [name, value] of Object.entries(attributes)) {
    // An attribute of CloudEvents is never empty, so an empty one is left out.
    if (value !== null && value !== '') headers.set(Buffer.from(name), Buffer.from(value))
  }
  const { partition, key } = event
  const value = Buffer.from(event.data)
  return { topic, partition, ...(key !== null && { key: Buffer.from(key) }), value, headers }
}

/** The type of a message that is no CloudEvent: no topic has one of this name, so it becomes a dead letter. */
const FOREIGN = 'not-a-cloudevent'

/** What lies at an offset, as an event: in binary or structured mode. Never throws: what is wrong shows when it is handled. */
export function fromKafkaRecord(topic: string, partition: number, record: KafkaRecord): EventRecord {
  const headers = new Map(
    record.headers.map(([name, value]) => [name.toString().toLowerCase(), value.toString()]),
  )
  const isStructured = headers.get('content-type')?.startsWith('application/cloudevents+json') === true
  const { attributes, data } = isStructured
    ? structuredEvent(record.value)
    : {
        attributes: binaryAttributes(headers),
        data: record.value.length === 0 ? 'null' : record.value.toString(),
      }
  const of = (name: string): string | null => attributes.get(name) ?? null
  const key = record.key.length > 0 ? record.key.toString() : of('partitionkey')
  const isEvent = of('id') !== null && of('type') !== null
  const sequence = Number(of('sequence') ?? Number.NaN)
  return {
    partition,
    ...kafkaPosition(record.offset),
    eventId: isEvent ? bounded(of('id') ?? '') : `${topic}/${partition}/${record.offset}`,
    key: key === null ? null : bounded(key),
    type: isEvent ? bounded(of('type') ?? '') : FOREIGN,
    version: versionOf(of('dataversion')),
    source: bounded(of('source') ?? ''),
    subject: of('subject'),
    time: timeOf(of('time'), record.timestamp),
    traceParent: of('traceparent'),
    traceState: of('tracestate'),
    data,
    ...(Number.isSafeInteger(sequence) && sequence >= 0 && { sequence }),
  }
}

function binaryAttributes(headers: ReadonlyMap<string, string>): Map<string, string> {
  const named = [...headers].filter(([name]) => name.startsWith('ce_'))
  return new Map(named.map(([name, value]) => [name.slice('ce_'.length), value]))
}

const LENGTH_MAX = 255

/** Whatever others send must fit into the store: text without zero bytes, short enough for an index. */
function bounded(text: string): string {
  if (text.length <= LENGTH_MAX && !text.includes('\0')) return text
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}

function versionOf(text: string | null): number {
  const version = Number(text ?? 1)
  return Number.isSafeInteger(version) && version >= 1 ? version : 1
}

/** That of the event, of the message, or, where a program has sent another unit as milliseconds, that of reading. */
function timeOf(text: string | null, timestamp: number): string {
  const times = [text === null ? Number.NaN : Date.parse(text), timestamp, Date.now()]
  const dates = times.map((time) => new Date(time))
  return dates.find((date) => !Number.isNaN(date.getTime()))!.toISOString()
}
