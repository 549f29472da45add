import type { Tracing } from '@watertight/telemetry'
import { inSpan } from './in-span.js'
import { attributesOf, parentOf } from './publishing.js'

/** An event that is about to be handled. */
export interface HandledEvent {
  readonly topic: string
  readonly type: string
  readonly traceParent: string | null
  readonly traceState: string | null
}

/** Handles an event in a span of its own, in the trace in which it was published. */
export async function processing(
  tracing: Tracing | undefined,
  event: HandledEvent,
  handle: () => Promise<void>,
): Promise<void> {
  const { topic, type } = event
  await inSpan(
    tracing,
    {
      kind: 'consumer',
      name: `process ${type}`,
      attributes: attributesOf({ topic, type, operation: 'process', kind: 'process' }),
      parent: parentOf(event),
    },
    handle,
  )
}
