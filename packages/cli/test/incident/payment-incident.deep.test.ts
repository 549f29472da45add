import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { freePort } from '@watertight/deploy'
import { incidentHook, runDrill } from '../run-drill.js'
import { inFolder, watertight } from '../run-process.js'
import { says, startProgram } from '../start-program.js'

vi.setConfig({ testTimeout: 180_000 })

const program = (name: string): string => `node ${fileURLToPath(new URL(name, import.meta.url))}`

const documentOf = (gateway: number, payment: number, hook: number): string => `watertight: v1
system: shop
policies:
  standard:
    timeout: { attempt: 200ms, total: 1s }
    breaker: { window: { duration: 5s }, minimumCalls: 5, failureRate: 5%, openFor: 1s, halfOpenCalls: 3 }
services:
  order:
    run: ${program('order-that-queues.mjs')}
    health: { live: / }
    store: shop
    objective: { availability: 99%, latency: { p99: 1s } }
    calls:
      payment:
        policy: standard
        operations: { POST /charges: { idempotent: by-key } }
        fallback: { queue: charges-later }
  payment: { run: ${program('payment-that-stalls.mjs')}, port: ${payment}, health: { live: / } }
stores: { shop: embedded }
gateway:
  listen: { port: ${gateway} }
  routes: [{ match: { path: / }, to: order }]
drills:
  payment-times-out:
    every: 30d
    story: The payment API times out
    target: order
    strike: ${program('ask.mjs')} http://127.0.0.1:${payment}/slow
    heal: ${program('ask.mjs')} http://127.0.0.1:${payment}/quick
    for: 4s
    watch: /breaker
    verify: ${program('count-unpaid-orders.mjs')} http://127.0.0.1:${payment}/charges
    detect: 1m
    recover: 2m
    failed: 1%
    load: { rate: 15/s, requests: [load.mjs] }
    notify: http://127.0.0.1:${hook}/incidents
`
const LOAD = `export default (number) => ({ path: '/orders', body: { id: 'o-' + number } })
`

test('the payment API times out: the breaker opens, orders are taken and paid later, all of them are, and the webhook hears of it', async () => {
  const { port, told } = await incidentHook()
  const document = documentOf(await freePort(), await freePort(), port)
  await inFolder({ 'watertight.yaml': document, 'load.mjs': LOAD }, async (cwd) => {
    const { text } = startProgram(cwd, ['up'])
    await says(text, 'everything is ready')
    const { code, record } = await runDrill(cwd, ['payment-times-out'])
    console.log(JSON.stringify(record))
    expect({ code, record }).toMatchObject({
      code: 0,
      record: {
        ok: true,
        detected: { ok: true, by: 'GET order/breaker, which answers 503' },
        recovered: { ok: true },
        requests: { ok: true, failedMax: 0.01 },
        backlog: { drained: { ok: true } },
        lost: 0,
        verified: { lost: 0 },
        objectives: [{ service: 'order', availability: 0.99, p99Ms: 1_000 }],
        notified: { detected: true, recovered: true },
      },
    })
    expect(told).toEqual(['detected', 'recovered'])
    // They were put off, and the backlog was seen to grow.
    const { requests, backlog } = record as {
      readonly requests: { readonly outcomes: Record<string, number> }
      readonly backlog: { readonly events: number }
    }
    expect(requests.outcomes['202']).toBeGreaterThan(10)
    expect(backlog.events).toBeGreaterThan(0)
    const runbook = await readFile(join(cwd, '.watertight', 'drills', 'payment-times-out.md'), 'utf8')
    expect(runbook).toContain('all that had waited was done after')
    expect((await watertight(['stop'], { cwd })).code).toBe(0)
  })
})
