import { once } from 'node:events'
import { connect, constants, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { context, SpanKind } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { openTelemetryTracing } from '@watertight/telemetry/opentelemetry'
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest'
import { closedAfterEach, eventually, gateway, RawCaller, serveHttp, serveRaw } from './running-proxy.js'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const CALLER = '00f067aa0ba902b7'
const traceparent = `00-${TRACE}-${CALLER}-01`

const exporter = new InMemorySpanExporter()
const tracing = openTelemetryTracing({
  tracerProvider: new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  propagator: new W3CTraceContextPropagator(),
})
const started = closedAfterEach()

beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()))
afterAll(() => context.disable())
beforeEach(() => exporter.reset())

const document = (port: number, policy: string): string => `watertight: v1
system: test
services: { up: { port: ${port} } }
gateway: { listen: { port: 1 }, routes: [{ match: { path: / }, to: up, ${policy} }] }`

const spans = (): readonly ReadableSpan[] => exporter.getFinishedSpans()
const idOf = (span: ReadableSpan): string => span.spanContext().spanId
const parentOf = (span: ReadableSpan): string | undefined => span.parentSpanContext?.spanId
const named = (kind: SpanKind): ReadableSpan[] => spans().filter((span) => span.kind === kind)
const { INTERNAL, SERVER, CLIENT } = SpanKind

/** A service that answers with these statuses in turn, and the traces that it was told of. */
async function service(...statuses: number[]): Promise<{ port: number; traces: unknown[] }> {
  const traces: unknown[] = []
  const { port } = await started(
    serveHttp((request, response) => {
      traces.push(request.rawHeaders.filter((_, at, all) => all[at - 1]?.toLowerCase() === 'traceparent'))
      response.writeHead(statuses.shift() ?? 200).end('done')
    }),
  )
  return { port, traces }
}

it('continues the trace of the caller: a span for the request, one for the call, and one for each attempt', async () => {
  const { port, traces } = await service(503, 200)
  const policy = 'retry: { attempts: 2, on: [503], backoff: { initial: 1ms } }'
  const proxy = await started(gateway(document(port, policy), undefined, tracing))
  const response = await fetch(`http://127.0.0.1:${proxy.port}/orders/7?key=secret`, {
    headers: { traceparent, tracestate: 'vendor=1' },
  })
  expect(await response.text()).toBe('done')
  const [[request], [call], attempts] = [named(SERVER), named(INTERNAL), named(CLIENT)]
  expect(new Set(spans().map((span) => span.spanContext().traceId))).toEqual(new Set([TRACE]))
  expect([parentOf(request!), parentOf(call!)]).toEqual([CALLER, idOf(request!)])
  expect(attempts.map(parentOf)).toEqual([idOf(call!), idOf(call!)])
  expect(attempts.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([503, 200])
  // Each attempt tells its endpoint of itself, and nothing of what the caller has said is left beside it.
  expect(traces).toEqual(attempts.map((span) => [`00-${TRACE}-${idOf(span)}-01`]))
  expect(call!.attributes).toMatchObject({ 'watertight.outcome': 'success', 'service.peer.name': 'up' })
  expect(request!.attributes).toMatchObject({ 'http.response.status_code': 200, 'url.path': '/orders/7' })
  expect(JSON.stringify(spans().map(({ attributes }) => attributes))).not.toContain('secret')
})

it('begins a trace where the caller has none, and leads from a duration to it', async () => {
  const { port, traces } = await service()
  const proxy = await started(gateway(document(port, 'retry: off'), undefined, tracing))
  await fetch(`http://127.0.0.1:${proxy.port}/`)
  const [request] = named(SERVER)
  const { traceId } = request!.spanContext()
  expect([parentOf(request!), traces]).toEqual([undefined, [[expect.stringContaining(traceId)]]])
  const { body } = proxy.proxy.telemetry.expose('application/openmetrics-text; version=1.0.0')
  expect(body).toContain(`trace_id="${traceId}"`)
})

it('a health check leaves no trace, at whoever it passes', async () => {
  const { port, traces } = await service()
  const checked = document(port, 'retry: off').replace(
    '{ up: {',
    '{ up: { health: { ready: /, interval: 100ms },',
  )
  const proxy = await started(gateway(checked, undefined, tracing))
  await eventually(() => traces.length > 0)
  expect(traces[0]).toEqual([expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)])
  // Through another proxy, such as the sidecar of who is asked.
  const [header = ''] = traces[0] as string[]
  for (let times = 0; times < 2; times += 1)
    await fetch(`http://127.0.0.1:${proxy.port}/`, { headers: { traceparent: header } })
  expect(spans()).toEqual([])
})

it('ends the spans of what was refused, and of what its caller has left', async () => {
  const hanging = await started(serveRaw(() => undefined))
  const policy = 'retry: off, bulkhead: { concurrency: 1, queue: 0 }'
  const proxy = await started(gateway(document(hanging.port, policy), undefined, tracing))
  const caller = new RawCaller(proxy.port).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await eventually(() => proxy.proxy.telemetry.registry.total('watertight_bulkhead_running') === 1)
  expect((await fetch(`http://127.0.0.1:${proxy.port}/`)).status).toBe(503)
  const refused = named(INTERNAL)[0]!
  expect(refused.events.map(({ name, attributes }) => [name, attributes])).toEqual([
    ['refusal', { code: 'WT_BULKHEAD_FULL' }],
  ])
  caller.socket.destroy()
  await eventually(() => spans().length === 5)
  expect(named(CLIENT)[0]!.attributes['error.type']).toBe('cancelled')
  expect(named(SERVER)[1]!.attributes['error.type']).toBe('caller-left')
})

it('traces callers and services of HTTP/2 alike', async () => {
  const traces: unknown[] = []
  const server = createServer().listen(0, '127.0.0.1')
  server.on('stream', (stream, headers) => {
    traces.push(headers['traceparent'])
    stream.respond({ ':status': 200 })
    stream.end()
  })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const text = document(port, 'retry: off').replace(`port: ${port}`, `port: ${port}, protocol: h2`)
  const proxy = await started(gateway(text, undefined, tracing))
  const session = connect(`http://127.0.0.1:${proxy.port}`)
  onTestFinished(() => {
    session.close(() => server.close())
  })
  const stream = session.request({ ':path': '/', [constants.HTTP2_HEADER_METHOD]: 'GET', traceparent })
  stream.resume()
  await once(stream, 'close')
  expect(traces).toEqual([`00-${TRACE}-${idOf(named(CLIENT)[0]!)}-01`])
  expect(parentOf(named(SERVER)[0]!)).toBe(CALLER)
})

it('passes the trace of the caller on as it came where nobody traces', async () => {
  const { port, traces } = await service()
  const proxy = await started(gateway(document(port, 'retry: off')))
  await fetch(`http://127.0.0.1:${proxy.port}/`, { headers: { traceparent } })
  expect([traces, spans()]).toEqual([[[traceparent]], []])
})
