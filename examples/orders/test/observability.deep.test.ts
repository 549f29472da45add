import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serviceNames, type ServiceName } from '../src/services/names.js'
import { expectCheckoutTrace, openTracedShop, SPANS, TRACE, tracedCheckout } from './checkout-trace.js'
import { OtlpReceiver } from './otlp-receiver.js'
import type { Shop } from './shop.js'
import { until } from './until.js'

/** There is no canary here, and nobody calls shipping: it takes events. */
const answering = serviceNames.filter((name) => name !== 'canary' && name !== 'shipping')

let collector: OtlpReceiver
let shop: Shop
let closeShop: () => Promise<void>

beforeAll(async () => {
  collector = await OtlpReceiver.start()
  ;({ shop, close: closeShop } = await openTracedShop(collector.url))
})
afterAll(async () => {
  await closeShop()
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

/** What it has written of the checkout that is traced; a busy process writes it a little later. */
async function tracedLineOf(name: ServiceName): Promise<Record<string, unknown>> {
  return await until(`${name} has written of it`, async () =>
    (await logOf(name)).find((entry) => entry['trace_id'] === TRACE),
  )
}

test('one trace spans a checkout: gateway, sidecars, every service, call, step and event, and both attempts at loyalty', async () => {
  await tracedCheckout(shop)
  const spans = await until('all spans have come', () => {
    const found = collector.spans.filter(({ traceId }) => traceId === TRACE)
    return found.length === SPANS && found
  })
  expectCheckoutTrace(spans)
})

test('every line of the log names the trace, and the request', async () => {
  expect(await tracedLineOf('shipping')).toMatchObject({
    level: 'info',
    service: 'shipping',
    msg: 'planned',
    orderId: expect.any(String),
  })
  for (const name of answering) {
    const line = await tracedLineOf(name)
    expect(line).toMatchObject({ level: 'info', service: name, msg: 'answered', method: 'POST' })
    expect(line['request_id']).toEqual(expect.any(String))
  }
  const lines = await Promise.all(answering.map(tracedLineOf))
  expect(new Set(lines.map((line) => line['request_id'])).size).toBe(1)
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
