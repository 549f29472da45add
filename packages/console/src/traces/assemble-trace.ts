import type { Span, Trace } from '../model/trace.js'

/** A trace of what has been kept of it. Undefined when that is nothing. */
export function assembleTrace(traceId: string, kept: readonly Span[]): Trace | undefined {
  const ids = new Set(kept.map(({ spanId }) => spanId))
  const spans = kept
    .map((span) => (span.parentId !== null && !ids.has(span.parentId) ? { ...span, parentId: null } : span))
    .sort((a, b) => a.startedAt - b.startedAt)
  const [first] = spans
  if (first === undefined) return undefined
  const root = spans.find(({ parentId }) => parentId === null) ?? first
  const endsAt = Math.max(...spans.map(({ startedAt, durationMs }) => startedAt + durationMs))
  const refusals = spans.flatMap(({ events }) => events.filter(({ kind }) => kind === 'refusal'))
  return {
    summary: {
      traceId,
      name: root.name,
      service: root.service,
      startedAt: first.startedAt,
      durationMs: Math.max(0, endsAt - first.startedAt),
      spanCount: spans.length,
      services: [...new Set(spans.map(({ service }) => service))],
      // What was tried again and then worked is no error of the whole.
      isError: root.isError,
      retries: spans.filter(({ attempt }) => attempt !== null && attempt > 1).length,
      refusals: refusals.length,
    },
    spans,
  }
}
