import type { Trace, TraceSummary } from '../model/trace.js'
import { assembleTrace } from './assemble-trace.js'
import type { TracedSpan } from './traced-span.js'

export interface SpanLimits {
  readonly tracesMax: number
  readonly spansPerTraceMax: number
  /** Of all traces together. */
  readonly spansMax: number
}

const LIMITS: SpanLimits = { tracesMax: 1_000, spansPerTraceMax: 500, spansMax: 30_000 }

/** The spans that were sent here last. The trace that has heard nothing for the longest time goes first. */
export class SpanStore {
  readonly #limits: SpanLimits
  readonly #traces = new Map<string, TracedSpan[]>()
  readonly #summaries = new Map<string, TraceSummary>()
  #spans = 0
  #receivedAt: number | null = null

  constructor(limits: SpanLimits = LIMITS) {
    this.#limits = limits
  }

  get spanCount(): number {
    return this.#spans
  }

  /** When something came last; null when nothing has. */
  get receivedAt(): number | null {
    return this.#receivedAt
  }

  add(spans: readonly TracedSpan[]): void {
    if (spans.length > 0) this.#receivedAt = Date.now()
    for (const span of spans) {
      const { traceId } = span
      const kept = this.#traces.get(traceId) ?? []
      this.#traces.delete(traceId)
      this.#traces.set(traceId, kept)
      this.#summaries.delete(traceId)
      if (kept.length >= this.#limits.spansPerTraceMax) continue
      kept.push(span)
      this.#spans += 1
    }
    const { tracesMax, spansMax } = this.#limits
    for (const [traceId, kept] of this.#traces) {
      if (this.#traces.size <= tracesMax && this.#spans <= spansMax) break
      this.#traces.delete(traceId)
      this.#summaries.delete(traceId)
      this.#spans -= kept.length
    }
  }

  find(traceId: string): Trace | undefined {
    return assembleTrace(traceId, this.#traces.get(traceId) ?? [])
  }

  /** The newest first. */
  newest(count: number): TraceSummary[] {
    return [...this.#traces.keys()]
      .slice(-count)
      .flatMap((traceId) => this.#summary(traceId) ?? [])
      .sort((a, b) => b.startedAt - a.startedAt)
  }

  #summary(traceId: string): TraceSummary | undefined {
    const known = this.#summaries.get(traceId)
    if (known !== undefined) return known
    const summary = this.find(traceId)?.summary
    if (summary !== undefined) this.#summaries.set(traceId, summary)
    return summary
  }
}
