import type { Field, FieldType, Message } from './read-message.js'

const field = (name: string, type: FieldType): Field => ({ name, type })
const list = (name: string, type: FieldType): Field => ({ name, type, isList: true })

/** It may hold lists of its own kind. */
const ANY_VALUE = new Map<number, Field>([
  [1, field('stringValue', 'text')],
  [2, field('boolValue', 'boolean')],
  [3, field('intValue', 'int64')],
  [4, field('doubleValue', 'double')],
  [7, field('bytesValue', 'bytes')],
])
const KEY_VALUE: Message = new Map([
  [1, field('key', 'text')],
  [2, field('value', ANY_VALUE)],
])
ANY_VALUE.set(5, field('arrayValue', new Map([[1, list('values', ANY_VALUE)]])))
ANY_VALUE.set(6, field('kvlistValue', new Map([[1, list('values', KEY_VALUE)]])))

const EVENT: Message = new Map([
  [1, field('timeUnixNano', 'fixed64')],
  [2, field('name', 'text')],
  [3, list('attributes', KEY_VALUE)],
])

const SPAN: Message = new Map([
  [1, field('traceId', 'id')],
  [2, field('spanId', 'id')],
  [4, field('parentSpanId', 'id')],
  [5, field('name', 'text')],
  [6, field('kind', 'enum')],
  [7, field('startTimeUnixNano', 'fixed64')],
  [8, field('endTimeUnixNano', 'fixed64')],
  [9, list('attributes', KEY_VALUE)],
  [11, list('events', EVENT)],
  [15, field('status', new Map([[3, field('code', 'enum')]]))],
])

/** As much as is read of an `ExportTraceServiceRequest` of opentelemetry-proto 1, by the names that its JSON has. */
export const EXPORTED_SPANS: Message = new Map([
  [
    1,
    list(
      'resourceSpans',
      new Map([
        [1, field('resource', new Map([[1, list('attributes', KEY_VALUE)]]))],
        [2, list('scopeSpans', new Map([[2, list('spans', SPAN)]]))],
      ]),
    ),
  ],
])
