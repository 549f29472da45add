import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from './free-port.js'
import { CLIENT, CONSUMER, INTERNAL, PRODUCER, SERVER, type ReceivedSpan } from './otlp-receiver.js'
import { until } from './until.js'

interface Tag {
  readonly key: string
  readonly value: string | number | boolean
}

interface JaegerSpan {
  readonly traceID: string
  readonly spanID: string
  readonly operationName: string
  readonly processID: string
  readonly references: readonly { readonly spanID: string }[]
  readonly tags: readonly Tag[]
  readonly logs: readonly { readonly fields: readonly Tag[] }[]
}

interface Answer {
  readonly data:
    | readonly {
        readonly spans: readonly JaegerSpan[]
        readonly processes: Readonly<Record<string, { readonly serviceName: string }>>
      }[]
    | null
}

const KINDS: Readonly<Record<string, number>> = {
  internal: INTERNAL,
  server: SERVER,
  client: CLIENT,
  producer: PRODUCER,
  consumer: CONSUMER,
}

/** A real Jaeger on loopback that keeps its traces in memory. */
export class RunningJaeger implements AsyncDisposable {
  /** Of its page and its API. */
  readonly url: string
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly collector: string
  readonly #end: () => Promise<void>

  private constructor(ports: { readonly query: number; readonly otlp: number }, end: () => Promise<void>) {
    this.url = `http://127.0.0.1:${ports.query}`
    this.collector = `http://127.0.0.1:${ports.otlp}`
    this.#end = end
  }

  static async start(): Promise<RunningJaeger> {
    const [query, otlp, admin] = [await freePort(), await freePort(), await freePort()]
    const child = spawn('jaeger-all-in-one', wordsFor({ query, otlp, admin }), {
      stdio: 'ignore',
      env: { ...process.env, SPAN_STORAGE_TYPE: 'memory' },
    })
    const ended = once(child, 'exit')
    const running = new RunningJaeger({ query, otlp }, async () => {
      child.kill('SIGKILL')
      await ended
    })
    const answers = async (url: string) => (await fetch(url).catch(() => undefined))?.ok === true
    await until('Jaeger is ready', () => answers(`http://127.0.0.1:${admin}/`))
    await until('its API answers', () => answers(`${running.url}/api/services`))
    return running
  }

  /** What it has of a trace. */
  async spansOf(trace: string): Promise<ReceivedSpan[]> {
    const response = await fetch(`${this.url}/api/traces/${trace}`)
    const [found] = ((await response.json()) as Answer).data ?? []
    return (found?.spans ?? []).map((span) => {
      const attributes = plain(span.tags)
      return {
        service: found?.processes[span.processID]?.serviceName,
        traceId: span.traceID,
        spanId: span.spanID,
        parentSpanId: span.references[0]?.spanID ?? '',
        name: span.operationName,
        kind: KINDS[String(attributes['span.kind'] ?? 'internal')] ?? 0,
        attributes,
        events: span.logs.map(({ fields }) => String(plain(fields)['event'])),
      }
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end()
  }
}

const plain = (tags: readonly Tag[]): Record<string, Tag['value']> =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]))

/** Whatever it listens on is on loopback; what nobody asks here, on any port. */
function wordsFor({ query, otlp, admin }: Record<'query' | 'otlp' | 'admin', number>): string[] {
  return [
    '--collector.otlp.enabled=true',
    `--collector.otlp.http.host-port=127.0.0.1:${otlp}`,
    '--collector.otlp.grpc.host-port=127.0.0.1:0',
    '--collector.grpc-server.host-port=127.0.0.1:0',
    '--collector.http-server.host-port=127.0.0.1:0',
    `--query.http-server.host-port=127.0.0.1:${query}`,
    '--query.grpc-server.host-port=127.0.0.1:0',
    `--admin.http.host-port=127.0.0.1:${admin}`,
    '--memory.max-traces=10000',
  ]
}
