import type { Tracing, WorkSpan } from '@watertight/telemetry'
import type { NewEvent, Topic } from '../outbox/topic.js'
import type { EventTypes } from '../outbox/event-type.js'

/** Events with the spans of their publication. */
export interface Publishing<Types extends EventTypes> {
  readonly events: readonly NewEvent<Types>[]
  end(outcome: 'success' | 'failure', failure?: unknown): void
}

/** Makes a span of each event, which the event carries to those who handle it. */
export function publishing<Types extends EventTypes>(
  tracing: Tracing | undefined,
  { name: topic }: Topic<Types>,
  events: readonly NewEvent<Types>[],
): Publishing<Types> {
  if (tracing === undefined) return { events, end: () => {} }
  const spans: WorkSpan[] = []
  const carrying = events.map((event) => {
    const span = tracing.startWork({
      kind: 'producer',
      name: `publish ${event.type}`,
      attributes: attributesOf({ topic, type: event.type, operation: 'publish', kind: 'send' }),
      parent: parentOf(event),
    })
    if (span === undefined) return event
    spans.push(span)
    return { ...event, ...span.context }
  })
  return {
    events: carrying,
    end: (outcome, failure) => {
      for (const span of spans) span.end(outcome, failure)
    },
  }
}

/** The trace that an event says it belongs to. */
export function parentOf({
  traceParent,
  traceState,
}: {
  readonly traceParent?: string | null
  readonly traceState?: string | null
}): { readonly traceParent: string; readonly traceState?: string } | undefined {
  if (traceParent === undefined || traceParent === null) return undefined
  return { traceParent, ...(traceState === undefined || traceState === null ? {} : { traceState }) }
}

/** The conventions for messaging, as far as they fit a log in a database. */
export const attributesOf = (of: {
  readonly topic: string
  readonly type: string
  readonly operation: 'publish' | 'process'
  readonly kind: 'send' | 'process'
}): Readonly<Record<string, string>> => ({
  'messaging.destination.name': of.topic,
  'messaging.operation.name': of.operation,
  'messaging.operation.type': of.kind,
  'watertight.event.type': of.type,
})
