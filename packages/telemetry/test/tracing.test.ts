import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { AlwaysOffSampler, BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLogger, createTelemetry, type ServiceTelemetry } from '../src/index.js'
import { openTelemetryTracing } from '../src/opentelemetry.js'
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from './otlp-receiver.js'

const INTERNAL = 1
const SERVER = 2
const CLIENT = 3
const ERROR = 2
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'

let receiver: OtlpReceiver
let provider: BasicTracerProvider
let telemetry: ServiceTelemetry

beforeEach(async () => {
  receiver = await startOtlpReceiver()
  provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'order' }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: receiver.url }))],
  })
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  )
  telemetry = createTelemetry({ service: 'order', tracing: openTelemetryTracing() })
})
afterEach(async () => {
  await provider.shutdown()
  await receiver.close()
  for (const api of [trace, context, propagation]) api.disable()
})

async function received(): Promise<ReceivedSpan[]> {
  await provider.forceFlush()
  return [...receiver.spans]
}

/** What a client does for a call whose first endpoint resets the connection. */
async function callWithTwoAttempts(headersSent: Record<string, string>[]): Promise<void> {
  const call = telemetry
    .destination({ to: 'payment' })
    .startSpan('POST', 'POST /charges', '/charges?card=4111&lang=de')
  const first = call?.startAttempt(1, 'http://10.0.0.1:8080')
  const firstHeaders: Record<string, string> = {}
  first?.inject(firstHeaders)
  first?.end(0, Object.assign(new Error('reset'), { code: 'ECONNRESET' }))
  call?.event('ejection', { endpoint: 'http://10.0.0.1:8080' })
  call?.event('wait', { delayMs: 12.5 })
  await Promise.resolve()
  const second = call?.startAttempt(2, '[::1]:9090')
  const secondHeaders: Record<string, string> = {}
  second?.inject(secondHeaders)
  second?.end(201)
  call?.end('success', 201)
  headersSent.push(firstHeaders, secondHeaders)
}

/** A request that calls with two attempts, as a collector gets it. */
async function checkoutAtTheCollector(
  headersSent: Record<string, string>[],
): Promise<readonly ReceivedSpan[]> {
  const headers = {
    host: 'shop.test:8443',
    'user-agent': 'curl/8.0',
    traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01`,
    tracestate: 'vendor=1',
    baggage: 'tenant=blue',
  }
  const url = '/orders?token=hunter2'
  const server = telemetry.server().startSpan({ method: 'POST', headers, url, httpVersion: '2.0' })
  await server?.run(() => callWithTwoAttempts(headersSent))
  server?.end('POST /orders', 201)
  return await received()
}

describe('a checkout', () => {
  it('arrives at the collector as one tree: request, call, two attempts', async () => {
    const headersSent: Record<string, string>[] = []
    const spans = await checkoutAtTheCollector(headersSent)
    const [request] = spans.filter(({ kind }) => kind === SERVER)
    const [call] = spans.filter(({ kind }) => kind === INTERNAL)
    const attempts = spans.filter(({ kind }) => kind === CLIENT)
    expect(spans).toHaveLength(4)
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([TRACE_ID]))
    expect(request?.parentSpanId).toBe('00f067aa0ba902b7')
    expect(call?.parentSpanId).toBe(request?.spanId)
    expect(attempts.map(({ parentSpanId }) => parentSpanId)).toEqual([call?.spanId, call?.spanId])
    expect(request).toMatchObject({
      service: 'order',
      name: 'POST /orders',
      status: 0,
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/orders',
        'url.path': '/orders',
        'url.scheme': 'http',
        'server.address': 'shop.test',
        'server.port': 8443,
        'network.protocol.version': '2',
        'user_agent.original': 'curl/8.0',
        'http.response.status_code': 201,
      },
    })
    expect(call).toMatchObject({
      name: 'POST /charges',
      status: 0,
      attributes: { 'service.peer.name': 'payment', 'watertight.outcome': 'success' },
      events: [
        { name: 'ejection', attributes: { endpoint: 'http://10.0.0.1:8080' } },
        { name: 'wait', attributes: { delayMs: 12.5 } },
      ],
    })
    expect(attempts[0]).toMatchObject({
      name: 'POST /charges',
      status: ERROR,
      attributes: { 'server.address': '10.0.0.1', 'server.port': 8080, 'error.type': 'ECONNRESET' },
    })
    expect(attempts[0]?.attributes).not.toHaveProperty('http.request.resend_count')
    expect(attempts[1]).toMatchObject({
      status: 0,
      attributes: {
        'server.address': '::1',
        'server.port': 9090,
        'url.full': 'http://[::1]:9090/charges?card=REDACTED&lang=REDACTED',
        'url.template': '/charges',
        'http.request.resend_count': 1,
        'http.response.status_code': 201,
      },
    })
    expect(headersSent).toEqual(
      attempts.map(({ spanId }) => ({
        traceparent: `00-${TRACE_ID}-${spanId}-01`,
        tracestate: 'vendor=1',
        baggage: 'tenant=blue',
      })),
    )
  })

  it('names no route where none is known', async () => {
    const call = telemetry.destination({ to: 'payment' }).startSpan('GET', 'GET *')
    call?.startAttempt(1, 'payment:80').end(200)
    call?.end('success', 200)
    telemetry.server().startSpan({ method: 'GET', headers: {} })?.end('GET *', 200)
    const spans = await received()
    expect(spans.map(({ name }) => name)).toEqual(['GET', 'GET', 'GET'])
    for (const { attributes } of spans) {
      expect(Object.keys(attributes)).not.toContain('http.route')
      expect(Object.keys(attributes)).not.toContain('url.template')
    }
  })

  it('tells failures by code or status, never by message', async () => {
    const payment = telemetry.destination({ to: 'payment' })
    const refused = payment.startSpan('GET', 'GET /charges/{id}')
    refused?.event('refusal', { code: 'WT_CIRCUIT_OPEN' })
    refused?.end('refused', 0, Object.assign(new Error('token=hunter2'), { code: 'WT_CIRCUIT_OPEN' }))
    const failed = payment.startSpan('BREW', '/pots')
    failed?.startAttempt(1, 'payment').end(503)
    failed?.end('failure', 503)
    const notFound = telemetry.server().startSpan({ method: 'GET', headers: {} })
    notFound?.end('GET /orders/{id}', 404)
    const broken = telemetry.server().startSpan({ method: 'GET', headers: {} })
    broken?.end('', 500, new TypeError('password=hunter2'))

    const spans = await received()
    expect(JSON.stringify(spans)).not.toContain('hunter2')
    const told = spans.map(({ name, status, attributes }) => [name, status, attributes['error.type']])
    expect(told).toEqual([
      ['GET /charges/{id}', ERROR, 'WT_CIRCUIT_OPEN'],
      ['HTTP /pots', ERROR, '503'],
      ['HTTP /pots', ERROR, '503'],
      ['GET /orders/{id}', 0, undefined],
      ['GET', ERROR, 'TypeError'],
    ])
    expect(spans[1]?.attributes).toMatchObject({
      'http.request.method': '_OTHER',
      'http.request.method_original': 'BREW',
      'server.address': 'payment',
      'server.port': 80,
    })
  })
})

it('passes on that a trace is not sampled, although no span of it is sent', async () => {
  const tracing = openTelemetryTracing({
    tracerProvider: new BasicTracerProvider({ sampler: new AlwaysOffSampler() }),
    propagator: new W3CTraceContextPropagator(),
  })
  const headers: Record<string, string> = {}
  const call = createTelemetry({ service: 'order', tracing })
    .destination({ to: 'payment' })
    .startSpan('GET', '/a')
  call?.startAttempt(1, 'payment:80').inject(headers)
  call?.end('success', 200)
  expect(headers['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
  expect(call?.traceId, 'an example must lead to a trace').toBeUndefined()
  expect(await received()).toEqual([])
})

it('a line of the log is an event of the span in which it was written', async () => {
  const log = createLogger({
    service: 'order',
    destination: { write: () => {} },
    tracing: openTelemetryTracing(),
  })
  const span = telemetry.server().startSpan({ method: 'POST', headers: {} })
  span?.run(() => log.warn({ order: 7 }, 'charged late'))
  log.info('between requests')
  span?.end('POST /orders', 201)
  const [sent] = await received()
  expect(sent?.events).toMatchObject([
    { name: 'charged late', attributes: { 'log.severity': 'warn', order: 7 } },
  ])
})

it('names the active span for log lines, and makes nothing when nobody traces', () => {
  const tracing = openTelemetryTracing()
  const span = telemetry.server().startSpan({ method: 'GET', headers: {} })
  expect(tracing.activeIds()).toBeUndefined()
  expect(span?.run(() => tracing.activeIds()?.traceId)).toBe(span?.traceId)
  span?.end('GET /a', 200)
  trace.disable()
  const silent = createTelemetry({ service: 'order', tracing: openTelemetryTracing() })
  expect(silent.server().startSpan({ method: 'GET', headers: {} })).toBeUndefined()
  expect(silent.destination({ to: 'payment' }).startSpan('GET', '/a')).toBeUndefined()
  const unread = {
    get headers(): never {
      throw new Error('nobody needs them')
    },
  }
  expect(createTelemetry({ service: 'order' }).server().startSpan(unread)).toBeUndefined()
})
