import { Console, type Trace } from '@watertight/console'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectCheckoutTrace, openTracedShop, SPANS, TRACE, tracedCheckout } from './checkout-trace.js'
import { RunningJaeger, spansOf } from './jaeger.js'
import { CONSUMER } from './otlp-receiver.js'
import type { Shop } from './shop.js'
import { until } from './until.js'

let jaeger: RunningJaeger
let shop: Shop
let closeShop: () => Promise<void>
beforeAll(async () => {
  jaeger = await RunningJaeger.start()
  ;({ shop, close: closeShop } = await openTracedShop(jaeger.collector))
})
afterAll(async () => {
  await closeShop()
  await jaeger[Symbol.asyncDispose]()
})

test('a real Jaeger has the whole checkout as one trace: gateway, sidecars, services, steps, outbox and consumer', async () => {
  await tracedCheckout(shop)
  const spans = await until('all spans have come', async () => {
    const found = await spansOf(jaeger.url, TRACE)
    return found.length === SPANS && found
  })
  expectCheckoutTrace(spans)
})

test('that Jaeger has the lines of the logs as well, each in the span in which it was written', async () => {
  const spans = await spansOf(jaeger.url, TRACE)
  const planned = spans.filter(({ events }) => events.includes('planned'))
  expect(planned.map(({ service, kind }) => [service, kind])).toEqual([['shipping', CONSUMER]])
})

test('the console shows it as that Jaeger has it', async () => {
  const opened = await Console.open({ port: 0, traces: jaeger.url })
  try {
    const read = async (path: string) => (await fetch(opened.url + path)).json()
    const trace = (await read(`/api/traces/${TRACE}`)) as Trace
    expect(trace.spans).toHaveLength(SPANS)
    expect(trace.summary).toMatchObject({ service: 'gateway', name: 'POST /orders', retries: 1 })
    const roots = trace.spans.filter(({ parentId }) => parentId === null)
    expect(roots).toMatchObject([{ service: 'gateway', kind: 'server' }])
    const kinds = new Set(trace.spans.map(({ kind }) => kind))
    expect([...kinds].sort()).toEqual(['attempt', 'call', 'consumer', 'producer', 'server', 'step'])
  } finally {
    await opened.close()
  }
})
