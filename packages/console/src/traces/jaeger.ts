import type { Trace, TraceSummary } from '../model/trace.js'
import { AnswerError, fetchJson } from '../sources/fetch-text.js'
import { assembleTrace } from './assemble-trace.js'
import { tracedSpan, type TracedSpan, type WireKind } from './traced-span.js'

interface Tag {
  readonly key: string
  readonly value: unknown
}

interface Reference {
  readonly refType: string
  readonly traceID: string
  readonly spanID: string
}

interface JaegerSpan {
  readonly spanID: string
  readonly operationName: string
  readonly references?: readonly Reference[]
  /** Microseconds. */
  readonly startTime: number
  readonly duration: number
  readonly processID: string
  readonly tags?: readonly Tag[]
  readonly logs?: readonly { readonly timestamp: number; readonly fields: readonly Tag[] }[]
}

interface JaegerTrace {
  readonly traceID: string
  readonly spans: readonly JaegerSpan[]
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>
}

const SERVICES_MAX = 20

/** A Jaeger, asked by the API that its own page uses. */
export class Jaeger {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  /** The newest traces of all services that it knows. */
  async newest(count: number, signal: AbortSignal): Promise<TraceSummary[]> {
    const services = await this.#data<string[]>('/api/services', signal)
    const found = await Promise.all(
      (services ?? []).slice(0, SERVICES_MAX).map((service) => {
        const words = new URLSearchParams({ service, limit: String(count), lookback: '1h' })
        return this.#data<JaegerTrace[]>(`/api/traces?${words.toString()}`, signal)
      }),
    )
    const traces = new Map(found.flatMap((some) => some ?? []).map((trace) => [trace.traceID, trace]))
    return [...traces.values()]
      .flatMap((trace) => readTrace(trace)?.summary ?? [])
      .sort((a, b) => b.startedAt - a.startedAt)
      .slice(0, count)
  }

  async find(traceId: string, signal: AbortSignal): Promise<Trace | undefined> {
    const path = `/api/traces/${encodeURIComponent(traceId)}`
    const found = await this.#data<JaegerTrace[]>(path, signal).catch((error: unknown) => {
      if (error instanceof AnswerError && error.status === 404) return undefined
      throw error
    })
    return found?.[0] === undefined ? undefined : readTrace(found[0])
  }

  async #data<Data>(path: string, signal: AbortSignal): Promise<Data | undefined> {
    const { data } = (await fetchJson(this.url + path, signal)) as { readonly data?: Data | null }
    return data ?? undefined
  }
}

function readTrace({ traceID, spans, processes }: JaegerTrace): Trace | undefined {
  return assembleTrace(
    traceID,
    spans.map((span) => readSpan(traceID, span, processes)),
  )
}

function readSpan(traceId: string, span: JaegerSpan, processes: JaegerTrace['processes']): TracedSpan {
  const attributes = attributesOf(span.tags)
  return tracedSpan({
    traceId,
    spanId: span.spanID,
    parentId: parentOf(traceId, span.references),
    name: span.operationName,
    service: attributes['watertight.service'] ?? processes[span.processID]?.serviceName ?? 'unknown',
    wireKind: (attributes['span.kind'] ?? 'internal') as WireKind,
    startedAt: span.startTime / 1_000,
    durationMs: span.duration / 1_000,
    isError: attributes['error'] === 'true' || attributes['otel.status_code'] === 'ERROR',
    attributes,
    events: (span.logs ?? []).map(({ timestamp, fields }) => {
      const { event = '', ...others } = attributesOf(fields)
      return { at: timestamp / 1_000, name: event, attributes: others }
    }),
  })
}

/** What was handed on by a message only follows from what sent it, and is drawn below that. */
function parentOf(traceId: string, references: readonly Reference[] = []): string | null {
  const own = references.filter((reference) => reference.traceID === traceId)
  const parent = own.find(({ refType }) => refType === 'CHILD_OF') ?? own[0]
  return parent?.spanID ?? null
}

function attributesOf(tags: readonly Tag[] = []): Record<string, string> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, String(value)]))
}
