import type { Span, Trace } from '../../model/trace.js'

/** One line of a waterfall. Places are shares of the trace's duration, 0..1. */
export interface WaterfallRow {
  readonly span: Span
  readonly depth: number
  readonly start: number
  readonly width: number
  /** What stands out in it: a refusal, a wait, a retry. */
  readonly marks: readonly WaterfallMark[]
}

export interface WaterfallMark {
  readonly at: number
  readonly kind: Span['events'][number]['kind']
  readonly text: string
}

/** The spans of a trace as a tree, parents first, each with its place on the axis. Spans without a known parent are roots. */
export function waterfallRows({ spans }: Trace): WaterfallRow[] {
  const first = Math.min(...spans.map(({ startedAt }) => startedAt))
  const last = Math.max(...spans.map(({ startedAt, durationMs }) => startedAt + durationMs))
  const total = Math.max(last - first, 0.001)
  const known = new Set(spans.map(({ spanId }) => spanId))
  const children = new Map<string, Span[]>()
  for (const span of spans) {
    const parent = span.parentId !== null && known.has(span.parentId) ? span.parentId : ''
    children.set(parent, [...(children.get(parent) ?? []), span])
  }
  const rows: WaterfallRow[] = []
  const seen = new Set<string>()
  const add = (span: Span, depth: number): void => {
    if (seen.has(span.spanId)) return
    seen.add(span.spanId)
    rows.push({
      span,
      depth,
      start: clamp((span.startedAt - first) / total),
      width: Math.min(span.durationMs / total, 1),
      marks: span.events
        .filter(({ kind }) => kind !== 'other')
        .map(({ at, kind, name, attributes }) => ({
          at: clamp((at - first) / total),
          kind,
          text: attributes['text'] ?? name,
        })),
    })
    for (const child of byStart(children.get(span.spanId) ?? [])) add(child, depth + 1)
  }
  for (const root of byStart(children.get('') ?? [])) add(root, 0)
  // A circle of parents has no root; nothing that was recorded is left out for it.
  for (const span of byStart(spans)) add(span, 0)
  return rows
}

const byStart = (spans: readonly Span[]): Span[] => spans.toSorted((a, b) => a.startedAt - b.startedAt)
const clamp = (share: number): number => Math.min(1, Math.max(0, share))
