import type { SourceStand } from '../model/source-stand.js'
import type { Told } from '../model/told.js'
import type { Trace, TraceSummary } from '../model/trace.js'
import { PolledSource } from '../sources/polled-source.js'
import { Jaeger } from './jaeger.js'
import { SpanStore } from './span-store.js'

const TRACES_SHOWN = 50

/** Where traces come from: a Jaeger, or what programs send to the console itself. */
export class TraceSource {
  readonly spans: SpanStore = new SpanStore()
  readonly #jaeger: Jaeger | undefined
  readonly #polled: PolledSource<TraceSummary[]> | undefined
  readonly #deadlineMs: number

  /** `url` is that of a Jaeger. */
  constructor(url: string | undefined, rhythm: { readonly everyMs: number; readonly deadlineMs: number }) {
    this.#deadlineMs = rhythm.deadlineMs
    if (url === undefined) return
    const jaeger = new Jaeger(url)
    this.#jaeger = jaeger
    this.#polled = new PolledSource({
      name: 'traces',
      kind: 'traces',
      place: url,
      ...rhythm,
      read: (signal) => jaeger.newest(TRACES_SHOWN, signal),
    })
    void this.#polled.start()
  }

  get told(): Told<readonly TraceSummary[]> {
    if (this.#polled !== undefined) return this.#polled.told
    if (this.spans.receivedAt !== null) return { known: true, value: this.spans.newest(TRACES_SHOWN) }
    const reason = 'no program has sent any: set OTEL_EXPORTER_OTLP_ENDPOINT to the address of this console'
    return { known: false, source: 'traces', reason }
  }

  get stand(): SourceStand {
    if (this.#polled !== undefined) return this.#polled.stand
    const { receivedAt } = this.spans
    return {
      name: 'traces',
      kind: 'traces',
      place: 'sent to this console',
      state: receivedAt === null ? 'waiting' : 'ok',
      reason: null,
      answeredAt: receivedAt,
      tookMs: null,
    }
  }

  async find(traceId: string): Promise<Trace | undefined> {
    if (this.#jaeger === undefined) return this.spans.find(traceId)
    return await this.#jaeger.find(traceId, AbortSignal.timeout(this.#deadlineMs))
  }

  close(): void {
    this.#polled?.close()
  }
}
