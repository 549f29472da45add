import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serviceNames, type ServiceName } from '../src/services/names.js'
import { CLIENT, CONSUMER, INTERNAL, OtlpReceiver, SERVER, type ReceivedSpan } from './otlp-receiver.js'
import { editableManifest, Shop } from './shop.js'
import { until } from './until.js'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const CUSTOMER_SPAN = '00f067aa0ba902b7'

/** There is no canary here, and nobody calls shipping: it takes events. */
const answering = serviceNames.filter((name) => name !== 'canary' && name !== 'shipping')

let collector: OtlpReceiver
let shop: Shop
let folder: string

/** The shop without its canary, which might take up a saga that the other order has begun, and call in its place. */
async function withoutCanary(): Promise<string> {
  const { folder: at, file } = await editableManifest()
  folder = at
  const text = await readFile(file, 'utf8')
  const changed = text.replace(/^ *split: .*\n/m, '').replace(', canary: { port: 7002 }', '')
  await writeFile(file, changed)
  return file
}

beforeAll(async () => {
  collector = await OtlpReceiver.start()
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = collector.url
  process.env['OTEL_BSP_SCHEDULE_DELAY'] = '100'
  const file = await withoutCanary()
  shop = await Shop.open(join(folder, '.watertight'), file)
}, 180_000)
afterAll(async () => {
  await shop.close()
  await rm(folder, { recursive: true, force: true })
  await collector[Symbol.asyncDispose]()
})

async function page(name: ServiceName, path: string, accept = ''): Promise<{ status: number; text: string }> {
  const response = await fetch(shop.system.url(name) + path, { headers: { accept } })
  return { status: response.status, text: await response.text() }
}

async function logOf(name: ServiceName): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(shop.system.dataOf(name), 'log.jsonl'), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('one trace spans a checkout: gateway, sidecars, every service, every call, and both attempts at loyalty', async () => {
  // On a machine that is still busy with the start, an attempt that runs out of time would be one span more.
  for (let quick = 0; quick < 3;) {
    const startedAt = performance.now()
    await shop.order()
    quick = performance.now() - startedAt < 500 ? quick + 1 : 0
  }
  await shop.faults('loyalty', { errorRate: 1, forSeconds: 60 })
  const traceparent = `00-${TRACE}-${CUSTOMER_SPAN}-01`
  expect((await shop.order({}, { traceparent })).status).toBe(201)
  await shop.system.clearFaults()

  const spans = await until('all spans have come', () => {
    const found = collector.spans.filter(({ traceId }) => traceId === TRACE)
    return found.length === EXPECTED && found
  })
  const parentOf = ({ parentSpanId }: ReceivedSpan) => spans.find(({ spanId }) => spanId === parentSpanId)
  const [root, ...others] = spans.filter((span) => parentOf(span) === undefined)
  expect(root).toMatchObject({ service: 'gateway', kind: SERVER, name: 'POST /orders' })
  expect(root?.parentSpanId).toBe(CUSTOMER_SPAN)
  expect(others).toEqual([])

  /** The way to a span, from the customer on. */
  const wayTo = (span: ReceivedSpan): string[] => {
    const parent = parentOf(span)
    return [...(parent === undefined ? [] : wayTo(parent)), `${String(span.service)} ${span.kind}`]
  }
  /** Who answers is the child of an attempt, that of a call, and that of who answers before it. */
  const passing = (by: string) => [SERVER, INTERNAL, CLIENT].map((kind) => `${by} ${kind}`)
  const toOrder = [...passing('gateway'), ...passing('order')]
  // Order makes the call, and the sidecars of both pass it on.
  const answersOf = (service: string, name: string) =>
    spans.filter((span) => span.service === service && span.kind === SERVER && span.name === name)
  for (const [service, name] of Object.entries(CALLS)) {
    const answers = answersOf(service, name)
    expect(answers).toHaveLength(service === 'loyalty' ? 2 : 1)
    for (const answer of answers) {
      const way = [...toOrder, ...passing('order'), ...passing('order'), ...passing(service)]
      expect(wayTo(answer)).toEqual([...way, `${service} ${SERVER}`])
    }
  }
  // Shipping hears of it by the event, later, in the same trace.
  const [shipped] = spans.filter(({ service }) => service === 'shipping')
  expect(shipped).toMatchObject({ kind: CONSUMER, name: 'process order-confirmed' })
  expect(shipped && wayTo(shipped)).toEqual([...toOrder, `order ${SERVER}`, `shipping ${CONSUMER}`])
  const [checkout] = answersOf('order', 'POST /orders')
  const attempts = spans.filter((span) => {
    const call = parentOf(span)
    return span.kind === CLIENT && span.name === CALLS.loyalty && call && parentOf(call) === checkout
  })
  const resends = attempts.map(({ attributes }) => attributes['http.request.resend_count'])
  expect(new Set(resends)).toEqual(new Set([undefined, 1]))
  expect(attempts.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([500, 500])
  const [call] = attempts.map(parentOf)
  expect(call).toMatchObject({ attributes: { 'watertight.outcome': 'fallback' } })
  expect(call?.events).toContain('fallback')
})

const CALLS = {
  inventory: 'POST /reservations',
  payment: 'POST /charges',
  loyalty: 'POST /points',
} as const

/**
 * Three of each proxy that passes a request on: the gateway and the sidecar of order, and two sidecars for each of five
 * attempts. One of each process that answers: order, three callees, and loyalty once more; tax, in Python, traces nothing.
 * Four calls of order, with those five attempts. Shipping, which handles the event.
 */
const EXPECTED = 3 * (2 + 2 * 5) + 5 + 4 + 5 + 1

test('every line of the log names the trace, and the request', async () => {
  expect((await logOf('shipping')).find((entry) => entry['trace_id'] === TRACE)).toMatchObject({
    level: 'info',
    service: 'shipping',
    msg: 'planned',
    orderId: expect.any(String),
  })
  for (const name of answering) {
    const line = (await logOf(name)).find((entry) => entry['trace_id'] === TRACE)
    expect(line).toMatchObject({ level: 'info', service: name, msg: 'answered', method: 'POST' })
    expect(line?.['request_id']).toEqual(expect.any(String))
  }
  const ids = await Promise.all(
    answering.map(async (name) => (await logOf(name)).find((entry) => entry['trace_id'] === TRACE)),
  )
  expect(new Set(ids.map((line) => line?.['request_id'])).size).toBe(1)
})

test.each([...answering, 'shipping'] as const)('%s answers probes and scrapes', async (name) => {
  expect(await page(name, '/healthz')).toMatchObject({ status: 200 })
  expect(await page(name, '/readyz')).toMatchObject({ status: 200 })
  const { status, text } = await page(name, '/metrics')
  expect(status).toBe(200)
  if (name !== 'shipping')
    expect(text).toMatch(new RegExp(`watertight_server_requests_total\\{.*service="${name}".*\\} [1-9]`))
  expect(text).toContain(`watertight_objective_budget_remaining_ratio{`)
  expect((await page(name, '/metrics', 'application/openmetrics-text')).text).toMatch(/# EOF\n$/)
})

test('metrics tell what the policies did', async () => {
  const { text } = await page('order', '/metrics')
  const value = (start: RegExp) =>
    text
      .split('\n')
      .find((line) => start.test(line))
      ?.split(' ')
      .at(-1)
  expect(value(/^watertight_retries_total\{.*destination="loyalty".*outcome="retried"/)).toBe('1')
  expect(value(/^watertight_fallbacks_total\{.*destination="loyalty"/)).toBe('1')
  expect(value(/^watertight_circuit_breaker_state\{.*destination="payment".*state="closed"/)).toBe('1')
  expect(JSON.parse((await page('order', '/readyz')).text)).toMatchObject({
    status: 'ok',
    checks: { postgres: { status: 'ok' } },
  })
})

test('stopping finishes what is under way', async () => {
  await shop.faults('payment', { latencyMs: 600, forSeconds: 60 })
  const answer = shop.order()
  await until('it is being charged', async () => {
    const { inFlight } = await shop.system.get<{ inFlight: number }>('payment', '/internal/status')
    return inFlight === 1
  })
  await shop.system.stop()
  expect((await answer).status).toBe(201)
  const last = (await logOf('order')).at(-1)
  expect(last).toMatchObject({ msg: 'answered', route: '/orders', status: 201 })
})
