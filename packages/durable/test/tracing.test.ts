import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base'
import { openTelemetryTracing } from '@watertight/telemetry/opentelemetry'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { publish } from '../src/outbox/publish.js'
import { defineTopic } from '../src/outbox/topic.js'
import { openSagaEngine } from '../src/saga/engine/open-saga-engine.js'
import { saga, StepRefusal } from '../src/saga/index.js'
import type { Store } from '../src/store/store.js'
import { ChoreographedShop, choreographyStore } from './choreography/choreographed-shop.js'
import { drain } from './scene.js'

const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
const tracing = openTelemetryTracing({ tracerProvider: provider })
let store: Store
beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  store = await choreographyStore()
})
afterEach(() => {
  exporter.reset()
})
afterAll(async () => {
  context.disable()
  await provider.shutdown()
  await store.close()
})

/** Does something in a span, as a server does that answers a request. */
async function inRequest<T>(work: () => Promise<T>): Promise<T> {
  const span = provider.getTracer('test').startSpan('POST /orders', { kind: SpanKind.SERVER })
  try {
    return await context.with(trace.setSpan(context.active(), span), work)
  } finally {
    span.end()
  }
}

/** The names of a span and of all that it is within, from the outermost on. */
function wayTo(name: string, spans: readonly ReadableSpan[] = exporter.getFinishedSpans()): string[] {
  const way: string[] = []
  for (let span = spans.find((one) => one.name === name); span !== undefined;) {
    way.unshift(span.name)
    const parentId = span.parentSpanContext?.spanId
    span = spans.find((one) => one.spanContext().spanId === parentId)
  }
  return way
}

const spanOf = (name: string): ReadableSpan | undefined =>
  exporter.getFinishedSpans().find((span) => span.name === name)

test('an event is published in the trace of its request, and carries it', async () => {
  const types = { placed: { schema: { parse: (input: unknown) => input as { n: number } } } }
  const topic = defineTopic('traced', { source: '/test', types })
  const events = [1, 2].map((n) => ({ type: 'placed' as const, key: `order-${n}`, data: { n } }))
  await inRequest(() => store.transaction((transaction) => publish(transaction, topic, events, { tracing })))
  expect(wayTo('publish placed')).toEqual(['POST /orders', 'publish placed'])
  const spans = exporter.getFinishedSpans().filter(({ kind }) => kind === SpanKind.PRODUCER)
  const { rows } = await store.query<{ parent: string }>(
    `select trace_parent as parent from watertight.outbox where topic = 'traced' order by id`,
  )
  expect(rows.map(({ parent }) => parent)).toEqual(
    spans.map((span) => `00-${span.spanContext().traceId}-${span.spanContext().spanId}-01`),
  )
})

test('an event that is refused is an error of its span, and one that says its own trace keeps to it', async () => {
  const parse = (input: unknown) => {
    if (input === 'bad') throw new TypeError('bad')
    return input
  }
  const topic = defineTopic('refused', { source: '/test', types: { placed: { schema: { parse } } } })
  const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  const bad = { type: 'placed' as const, key: null, data: 'bad', traceParent: parent }
  const published = store.transaction((transaction) => publish(transaction, topic, bad, { tracing }))
  await expect(published).rejects.toThrow('bad')
  expect(spanOf('publish placed')).toMatchObject({
    status: { code: SpanStatusCode.ERROR },
    attributes: { 'error.type': 'TypeError', 'messaging.destination.name': 'refused' },
    parentSpanContext: { spanId: '00f067aa0ba902b7' },
  })
})

test('a choreography is one trace, from service to service and back', async () => {
  const shop = new ChoreographedShop('traced-shop', tracing)
  await inRequest(() => shop.begin(store, 'order-1', { card: 'declined' }))
  await drain(...(await shop.members(store)))
  expect(wayTo('publish reserve.undone')).toEqual([
    'POST /orders',
    'publish started',
    'process started',
    'publish reserve.done',
    'process reserve.done',
    'publish turned-back',
    'process turned-back',
    'publish reserve.undone',
  ])
  // What passes a service by is not its work.
  expect(spanOf('process charge.done')).toBeUndefined()
})

test('steps and compensations of a saga that another process takes up stay in the trace in which it was started', async () => {
  const placeOrder = saga<{ id: string }>('traced-order')
    .step('reserve', { run: () => 'kept', compensate: () => {} })
    .step('charge', {
      run: () => {
        throw new StepRefusal('card-declined')
      },
      compensate: () => {},
      refusals: ['card-declined'],
    })
    .build()
  const options = { store, sagas: [placeOrder], tracing, pollMs: 10 }
  const starter = await openSagaEngine({ ...options, works: false })
  const handle = await inRequest(() => starter.start(placeOrder, { id: 'order-1', input: { id: 'order-1' } }))
  const worker = await openSagaEngine(options)
  expect(await handle.outcome()).toMatchObject({ status: 'compensated' })
  await Promise.all([starter.close(), worker.close()])
  for (const name of ['traced-order reserve', 'traced-order charge', 'traced-order undo reserve'])
    expect(wayTo(name)).toEqual(['POST /orders', name])
  expect(spanOf('traced-order charge')?.attributes).toMatchObject({
    'watertight.outcome': 'refused',
    'watertight.saga.id': 'order-1',
    'watertight.saga.attempt': 1,
  })
})

test('without a collector nothing is traced, and nothing is asked of it', async () => {
  const types = { placed: { schema: { parse: (input: unknown) => input } } }
  const topic = defineTopic('untraced', { source: '/test', types })
  const event = { type: 'placed' as const, key: null, data: 1 }
  await store.transaction((transaction) =>
    publish(transaction, topic, event, { tracing: openTelemetryTracing() }),
  )
  const { rows } = await store.query(
    `select trace_parent as parent from watertight.outbox where topic = 'untraced'`,
  )
  expect(rows).toEqual([{ parent: null }])
})
