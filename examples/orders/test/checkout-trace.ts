import { expect } from 'vitest'
import { CLIENT, CONSUMER, INTERNAL, PRODUCER, SERVER, type ReceivedSpan } from './otlp-receiver.js'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Shop, shopWithoutCanary } from './shop.js'

/** The trace of the checkout, as its customer names it. */
export const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const CUSTOMER_SPAN = '00f067aa0ba902b7'

const CALLS = {
  inventory: 'POST /reservations',
  payment: 'POST /charges',
  loyalty: 'POST /points',
} as const

const STEPS = ['open', 'reserve', 'charge', 'reward', 'confirm'].map((step) => `place-order ${step}`)

/**
 * Three of each proxy that passes a request on: the gateway and the sidecar of order, and two sidecars for each of five
 * attempts. One of each process that answers: order, three callees, and loyalty once more; tax, in Python, traces nothing.
 * Four calls of order, with those five attempts. The steps of the saga, the events that are published, and shipping, which
 * handles one of them.
 */
export const SPANS = 3 * (2 + 2 * 5) + 5 + 4 + 5 + STEPS.length + 2 + 1

/** A shop that sends its spans to a collector, and how to end it with all that it has left. */
export async function openTracedShop(
  collector: string,
): Promise<{ readonly shop: Shop; readonly close: () => Promise<void> }> {
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = collector
  process.env['OTEL_BSP_SCHEDULE_DELAY'] = '100'
  const { folder, file } = await shopWithoutCanary()
  const shop = await Shop.open({ dataFolder: join(folder, '.watertight'), manifestFile: file })
  const close = async () => {
    await shop.close()
    await rm(folder, { recursive: true, force: true })
  }
  return { shop, close }
}

/** A checkout that loyalty fails, both times that it is asked. */
export async function tracedCheckout(shop: Shop): Promise<void> {
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
}

/** One trace from the customer to shipping: who is whose child, and that nobody is missing. */
export function expectCheckoutTrace(spans: readonly ReceivedSpan[]): void {
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
  const step = [`order ${SERVER}`, `order ${INTERNAL}`]
  const answersOf = (service: string, name: string) =>
    spans.filter((span) => span.service === service && span.kind === SERVER && span.name === name)
  // A step of the saga makes the call, and the sidecars of both pass it on.
  for (const [service, name] of Object.entries(CALLS)) {
    const answers = answersOf(service, name)
    expect(answers).toHaveLength(service === 'loyalty' ? 2 : 1)
    for (const answer of answers) {
      const call = [`order ${INTERNAL}`, `order ${CLIENT}`]
      const way = [...toOrder, ...step, ...call, ...passing('order'), ...passing(service)]
      expect(wayTo(answer)).toEqual([...way, `${service} ${SERVER}`])
    }
  }
  const steps = spans.filter(({ name }) => name.startsWith('place-order '))
  expect(new Set(steps.map(({ name }) => name))).toEqual(new Set(STEPS))
  for (const one of steps) expect(wayTo(one)).toEqual([...toOrder, ...step])
  // The last step tells of the order; shipping hears of it by the event, later, in the same trace.
  const [shipped] = spans.filter(({ service }) => service === 'shipping')
  expect(shipped).toMatchObject({ kind: CONSUMER, name: 'process order-confirmed' })
  expect(shipped && parentOf(shipped)).toMatchObject({ kind: PRODUCER, name: 'publish order-confirmed' })
  expect(shipped && wayTo(shipped)).toEqual([
    ...toOrder,
    ...step,
    `order ${PRODUCER}`,
    `shipping ${CONSUMER}`,
  ])
  expectTriedTwice(spans)
}

function expectTriedTwice(spans: readonly ReceivedSpan[]): void {
  const reward = spans.find(({ name }) => name === 'place-order reward')
  const [call, ...more] = spans.filter(({ parentSpanId }) => parentSpanId === reward?.spanId)
  expect(more).toEqual([])
  expect(call).toMatchObject({ attributes: { 'watertight.outcome': 'fallback' } })
  expect(call?.events).toContain('fallback')
  const attempts = spans.filter(({ parentSpanId, kind }) => parentSpanId === call?.spanId && kind === CLIENT)
  const resends = attempts.map(({ attributes }) => attributes['http.request.resend_count'])
  expect(new Set(resends)).toEqual(new Set([undefined, 1]))
  expect(attempts.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([500, 500])
}
