import type { EventTypes } from '../outbox/event-type.js'
import type { ReceivedEvent } from './received-event.js'

/** An event in the JSON format of CloudEvents 1.0, with the extensions `partitionkey`, `sequence` and distributed tracing. */
export interface CloudEvent {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: string
  readonly time: string
  readonly datacontenttype: 'application/json'
  readonly subject?: string
  readonly partitionkey?: string
  readonly sequence: string
  readonly traceparent?: string
  readonly tracestate?: string
  /** The version of the data, our own extension. */
  readonly dataversion: number
  readonly data: unknown
}

/**
 * An attribute of CloudEvents is never empty, so an empty one is left out. A sequence is compared as text: it is padded.
 */
export function toCloudEvent(event: ReceivedEvent<EventTypes>): CloudEvent {
  const { subject, key, traceParent, traceState } = event
  return {
    specversion: '1.0',
    id: event.id,
    source: event.source,
    type: event.type,
    time: event.time,
    datacontenttype: 'application/json',
    ...(isGiven(subject) && { subject }),
    ...(isGiven(key) && { partitionkey: key }),
    sequence: String(event.sequence).padStart(19, '0'),
    ...(isGiven(traceParent) && { traceparent: traceParent }),
    ...(isGiven(traceState) && { tracestate: traceState }),
    dataversion: event.version,
    data: event.data,
  }
}

const isGiven = (text: string | null): text is string => text !== null && text !== ''
