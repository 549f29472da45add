import type { Span, SpanEvent, SpanKind } from '../model/trace.js'

/** A span, and the trace that it belongs to. */
export interface TracedSpan extends Span {
  readonly traceId: string
}

export type WireKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer'

/** A span as it was sent. */
export interface SentSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentId: string | null
  readonly name: string
  readonly service: string
  readonly wireKind: WireKind
  readonly startedAt: number
  readonly durationMs: number
  readonly isError: boolean
  readonly attributes: Readonly<Record<string, string>>
  readonly events: readonly Omit<SpanEvent, 'kind'>[]
}

/** A span with what the page tells apart: calls, their attempts, steps of sagas, and what policies did. */
export function tracedSpan({ wireKind, events, ...span }: SentSpan): TracedSpan {
  const { attributes } = span
  // The former names are Envoy's.
  const resends = Number(attributes['http.request.resend_count'] ?? attributes['retry.count'] ?? 0)
  const status = Number(attributes['http.response.status_code'] ?? attributes['http.status_code'])
  return {
    ...span,
    kind: kindOf(wireKind, attributes),
    attempt: wireKind === 'client' ? resends + 1 : null,
    status: Number.isInteger(status) ? status : null,
    events: events.map((event) => ({ ...event, kind: EVENT_KINDS[event.name] ?? 'other' })),
  }
}

function kindOf(kind: WireKind, attributes: Readonly<Record<string, string>>): SpanKind {
  if (kind === 'client') return 'attempt'
  if (kind !== 'internal') return kind
  if (attributes['service.peer.name'] !== undefined) return 'call'
  return attributes['watertight.saga.step'] === undefined ? kind : 'step'
}

const EVENT_KINDS: Readonly<Record<string, SpanEvent['kind']>> = {
  refusal: 'refusal',
  wait: 'wait',
  retry: 'retry',
  ejection: 'ejection',
  fallback: 'fallback',
  timeout: 'timeout',
  exception: 'error',
}
