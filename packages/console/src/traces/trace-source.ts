import type { SourceStand } from '../model/source-stand.js'
import type { Told } from '../model/told.js'
import type { Trace, TraceSummary } from '../model/trace.js'
import { PolledSource } from '../sources/polled-source.js'
import { Jaeger } from './jaeger.js'
import { SpanStore } from './span-store.js'

const TRACES_SHOWN = 50

interface Rhythm {
  readonly everyMs: number
  readonly deadlineMs: number
}

/** Where traces come from: a Jaeger, or what programs send to the console itself. */
export class TraceSource {
  readonly spans: SpanStore = new SpanStore()
  readonly #rhythm: Rhythm
  #jaeger: Jaeger | undefined
  #polled: PolledSource<TraceSummary[]> | undefined

  /** `url` is that of a Jaeger. */
  constructor(url: string | undefined, rhythm: Rhythm) {
    this.#rhythm = rhythm
    if (url !== undefined) this.read(url)
  }

  /** Reads from the Jaeger of this URL from now on. */
  read(url: string): void {
    if (this.#jaeger?.url === url) return
    this.#polled?.close()
    const jaeger = new Jaeger(url)
    this.#jaeger = jaeger
    this.#polled = new PolledSource({
      name: 'traces',
      kind: 'traces',
      place: url,
      ...this.#rhythm,
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
    return await this.#jaeger.find(traceId, AbortSignal.timeout(this.#rhythm.deadlineMs))
  }

  close(): void {
    this.#polled?.close()
  }
}
