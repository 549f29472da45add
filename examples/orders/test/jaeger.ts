import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type RunningEngine, startJaeger } from '@watertight/deploy'
import { CLIENT, CONSUMER, INTERNAL, PRODUCER, SERVER, type ReceivedSpan } from './otlp-receiver.js'

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
  readonly #folder: string
  readonly #engine: RunningEngine

  private constructor(
    ports: { readonly port: number; readonly collectorPort: number },
    folder: string,
    engine: RunningEngine,
  ) {
    this.url = `http://127.0.0.1:${ports.port}`
    this.collector = `http://127.0.0.1:${ports.collectorPort}`
    this.#folder = folder
    this.#engine = engine
  }

  static async start(): Promise<RunningJaeger> {
    const ports = { port: await freePort(), collectorPort: await freePort() }
    const folder = await mkdtemp(join(tmpdir(), 'jaeger-'))
    return new RunningJaeger(ports, folder, await startJaeger({ folder, ...ports }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine.kill()
    await rm(this.#folder, { recursive: true })
  }
}

/** What the Jaeger of this URL has of a trace. */
export async function spansOf(url: string, trace: string): Promise<ReceivedSpan[]> {
  const response = await fetch(`${url}/api/traces/${trace}`)
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

const plain = (tags: readonly Tag[]): Record<string, Tag['value']> =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]))
