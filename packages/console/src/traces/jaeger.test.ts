import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { Jaeger } from './jaeger.js'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const AT_US = 1_764_331_200_000_000

const tag = (key: string, value: unknown) => ({ key, type: typeof value, value })

const reference = (refType: string, spanID: string) => ({ refType, traceID: TRACE, spanID })

/** What Jaeger's query service answers for one checkout: the order, its two attempts at payment, and a shipment by an event. */
const answer = {
  data: [
    {
      traceID: TRACE,
      spans: [
        {
          traceID: TRACE,
          spanID: '00f067aa0ba902b7',
          operationName: 'POST /orders',
          references: [],
          startTime: AT_US,
          duration: 80_000,
          tags: [tag('span.kind', 'server'), tag('http.response.status_code', 201)],
          logs: [],
          processID: 'p1',
          warnings: null,
        },
        {
          traceID: TRACE,
          spanID: '00f067aa0ba902b8',
          operationName: 'POST',
          references: [reference('CHILD_OF', '00f067aa0ba902b7')],
          startTime: AT_US + 10_000,
          duration: 20_000,
          tags: [tag('span.kind', 'client'), tag('error', true), tag('http.response.status_code', 503)],
          logs: [
            {
              timestamp: AT_US + 30_000,
              fields: [tag('event', 'retry'), tag('delay_ms', 5)],
            },
          ],
          processID: 'p1',
          warnings: null,
        },
        {
          traceID: TRACE,
          spanID: '00f067aa0ba902b9',
          operationName: 'POST',
          references: [reference('CHILD_OF', '00f067aa0ba902b7')],
          startTime: AT_US + 35_000,
          duration: 15_000,
          tags: [tag('span.kind', 'client'), tag('http.request.resend_count', 1)],
          logs: [],
          processID: 'p1',
          warnings: null,
        },
        {
          traceID: TRACE,
          spanID: '00f067aa0ba902ba',
          operationName: 'orders process',
          references: [
            { refType: 'FOLLOWS_FROM', traceID: 'another', spanID: '1' },
            reference('FOLLOWS_FROM', '00f067aa0ba902b7'),
          ],
          startTime: AT_US + 90_000,
          duration: 5_000,
          tags: [tag('span.kind', 'consumer')],
          logs: [],
          processID: 'p2',
          warnings: null,
        },
      ],
      processes: {
        p1: { serviceName: 'order', tags: [] },
        p2: { serviceName: 'shipping', tags: [] },
      },
      warnings: null,
    },
  ],
  total: 0,
  limit: 0,
  offset: 0,
  errors: null,
}

async function serve(answers: Readonly<Record<string, unknown>>): Promise<Jaeger> {
  const server = createServer(({ url = '' }, response) => {
    const [path = ''] = url.split('?')
    const found = answers[path]
    response.statusCode = found === undefined ? 404 : 200
    response.end(JSON.stringify(found ?? { data: null, errors: [{ code: 404, msg: 'trace not found' }] }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return new Jaeger(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

const soon = (): AbortSignal => AbortSignal.timeout(5_000)

it('reads a trace of its documented JSON, with attempts, what policies did, and what a message led to', async () => {
  const jaeger = await serve({ [`/api/traces/${TRACE}`]: answer })
  const trace = await jaeger.find(TRACE, soon())
  expect(trace?.summary).toEqual({
    traceId: TRACE,
    name: 'POST /orders',
    service: 'order',
    startedAt: AT_US / 1_000,
    durationMs: 95,
    spanCount: 4,
    services: ['order', 'shipping'],
    isError: false,
    retries: 1,
    refusals: 0,
  })
  expect(trace?.spans).toMatchObject([
    { kind: 'server', status: 201, parentId: null },
    { kind: 'attempt', attempt: 1, isError: true, status: 503, events: [{ kind: 'retry' }] },
    { kind: 'attempt', attempt: 2, isError: false },
    { kind: 'consumer', service: 'shipping', parentId: '00f067aa0ba902b7' },
  ])
})

it('reads the tries of an Envoy, which has names of its own for their status and their number', async () => {
  const [trace] = answer.data
  const tags = [tag('span.kind', 'client'), tag('http.status_code', '503'), tag('retry.count', '1')]
  const spans = trace?.spans.slice(0, 1).map((span) => ({ ...span, tags }))
  const jaeger = await serve({ [`/api/traces/${TRACE}`]: { ...answer, data: [{ ...trace, spans }] } })
  const found = await jaeger.find(TRACE, soon())
  expect(found?.spans).toMatchObject([{ kind: 'attempt', attempt: 2, status: 503 }])
})

it('lists the newest traces of all services once, and none where there is none', async () => {
  const jaeger = await serve({ '/api/services': { data: ['order', 'shipping'] }, '/api/traces': answer })
  expect(await jaeger.newest(10, soon())).toMatchObject([{ traceId: TRACE }])
  const empty = await serve({ '/api/services': { data: null } })
  expect(await empty.newest(10, soon())).toEqual([])
})

it('a trace that it does not have is none, and no failure', async () => {
  const jaeger = await serve({})
  expect(await jaeger.find(TRACE, soon())).toBeUndefined()
  await expect(jaeger.newest(10, soon())).rejects.toThrow('GET /api/services answers 404')
})
