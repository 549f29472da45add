import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { changeBetween } from '../../src/model/change.js'
import type { ServicePanel } from '../../src/model/service-panel.js'
import type { SagaPanel } from '../../src/model/saga-summary.js'
import type { SeriesPage, Snapshot } from '../../src/model/snapshot.js'
import { scriptedLetter, ScriptedShop } from './scripted-shop.js'
import { traceById } from './scripted-traces.js'

const TOKEN = 'let-me-in'
const kinds: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
}

/** The scripted shop behind the console's published API, with the page as it was built. */
export class FixtureConsole {
  readonly shop: ScriptedShop
  readonly token = TOKEN
  /** What was asked for, in order. */
  readonly done: { readonly name: string; readonly body: Readonly<Record<string, unknown>> }[] = []
  readonly #page = new URL('../../dist/page/', import.meta.url)
  readonly #streams = new Map<ServerResponse, Snapshot>()
  readonly #everyMs: number
  #server: Server | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(everyMs = 250) {
    this.#everyMs = everyMs
    this.shop = new ScriptedShop(Date.now())
    this.shop.letters = [scriptedLetter(Date.now())]
  }

  get url(): string {
    const address = this.#server?.address() as AddressInfo | undefined
    if (address === undefined) throw new Error('the console is not started')
    return `http://127.0.0.1:${address.port}/`
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        json(response, 500, { ok: false, code: 'WT_FIXTURE', error: String(error), hint: null })
      })
    })
    this.#server = server
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    this.#timer = setInterval(() => this.#tell(), this.#everyMs)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#server?.closeAllConnections()
    await new Promise((resolve) => this.#server?.close(resolve))
  }

  #tell(): void {
    for (const [response, before] of this.#streams) {
      const after = { ...this.shop.snapshot(Date.now()), sequence: before.sequence + 1 }
      send(response, 'change', changeBetween(before, after))
      this.#streams.set(response, after)
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://console')
    const [, api, name = '', id = ''] = pathname.split('/').map(decodeURIComponent)
    if (api !== 'api') return this.#file(pathname, response)
    const from = Number(searchParams.get('from'))
    const to = Number(searchParams.get('to'))
    switch (name) {
      case 'live':
        return this.#open(request, response)
      case 'history':
        return json(response, 200, { steps: this.#steps(from, to), next: null })
      case 'series':
        return json(response, 200, seriesOf(this.#steps(from, to)))
      case 'services':
        return json(response, 200, panelOf(id))
      case 'traces':
        return json(response, 200, traceById(id))
      case 'sagas':
        return json(response, 200, this.#saga(id))
      case 'actions':
        return await this.#act(id, request, response)
      default:
        return json(response, 404, {
          ok: false,
          code: 'WT_NOT_FOUND',
          error: `nothing is at ${pathname}`,
          hint: null,
        })
    }
  }

  async #file(pathname: string, response: ServerResponse): Promise<void> {
    const name = pathname === '/' ? 'index.html' : pathname.slice(1)
    const body = await readFile(new URL(name, this.#page)).catch(() => undefined)
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': kinds[name.split('.').at(-1) ?? ''] ?? 'text/plain',
      'content-security-policy': "default-src 'self'; img-src data:; style-src 'self' 'unsafe-inline'",
    })
    response.end(body)
  }

  #open(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    const first = this.shop.snapshot(Date.now())
    send(response, 'snapshot', first)
    this.#streams.set(response, first)
    request.once('close', () => this.#streams.delete(response))
  }

  #steps(from: number, to: number): Snapshot[] {
    const now = Date.now()
    const first = Math.ceil(Math.max(from, this.shop.startedAt - 600_000) / 1_000) * 1_000
    const count = Math.max(0, Math.floor((Math.min(to, now) - first) / 1_000) + 1)
    return Array.from({ length: count }, (_, index) => this.shop.snapshot(first + index * 1_000))
  }

  #saga(id: string): SagaPanel | undefined {
    const summary = this.shop.sagas.find((saga) => saga.id === id)
    if (summary === undefined) return undefined
    const { startedAt } = summary
    const steps: readonly (readonly [
      ms: number,
      step: string | null,
      event: string,
      detail: string | null,
    ])[] = [
      [0, 'reserve', 'step started', null],
      [21, 'reserve', 'step done', null],
      [23, 'charge', 'step started', null],
      [830, 'charge', 'step refused', 'the card was declined'],
      [831, null, 'turned back', 'payment refused the card'],
      [834, 'reserve', 'compensation started', null],
      [898, 'reserve', 'compensation failed', 'inventory answered 503, 5 times'],
    ]
    const timeline = steps.map(([ms, step, event, detail]) => ({ at: startedAt + ms, step, event, detail }))
    return { summary, timeline, omitted: 0 }
  }

  async #act(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.authorization !== `Bearer ${TOKEN}`)
      return json(response, 401, { ok: false, code: 'WT_TOKEN', error: 'the token is not right', hint: null })
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>
    this.done.push({ name, body })
    this.#change(name, body)
    return json(response, 200, { ok: true, action: name, did: `${name} ${Object.values(body).join(' ')}` })
  }

  #change(name: string, body: Readonly<Record<string, unknown>>): void {
    const { shop } = this
    const now = Date.now()
    if (name === 'start-fault')
      shop.startFault(String(body['id']), now, { delayMs: Number(body['delayMs'] ?? 0) })
    if (name === 'stop-fault') shop.stopFault(String(body['id']), now)
    if (name === 'redrive') shop.letters = shop.letters.filter(({ eventId }) => eventId !== body['eventId'])
    if (name === 'set-canary') shop.weights = body['weights'] as Record<string, number>
    if (name === 'scale') shop.replicas = Number(body['replicas'])
    if (name === 'retry-saga')
      shop.sagas = shop.sagas.map((saga) =>
        saga.id === body['id'] ? { ...saga, status: 'compensated', canRetry: false, changedAt: now } : saga,
      )
  }
}

function panelOf(name: string): ServicePanel {
  const values = [
    ['timeout.attempt', '800ms', 'watertight.yaml:31 (policies.standard)'],
    ['retry.attempts', '2', 'watertight.yaml:33 (policies.standard)'],
    ['retry.budget', '20%', 'default'],
    ['circuitBreaker.failureRate', '50%', 'watertight.yaml:36 (policies.standard)'],
    ['bulkhead.maxConcurrent', '16', 'watertight.yaml:58 (order calls payment)'],
  ] as const
  return {
    name,
    calls: (name === 'order'
      ? ['inventory', 'payment', 'loyalty', 'tax']
      : name === 'gateway'
        ? ['order']
        : []
    ).map((to) => ({
      to,
      enforcedBy: name === 'gateway' ? 'gateway' : to === 'tax' ? 'sidecar' : 'process',
      policy: 'standard',
      mode: to === 'loyalty' ? 'observe' : 'enforce',
      summary: ['At worst 2 requests and 1.8 s a call.', 'When it fails, the charge is queued for later.'],
      values: values.map(([setting, value, origin]) => ({ setting, value, origin })),
    })),
    endpoints: {
      known: true,
      value: [
        {
          seenBy: 'gateway',
          to: name,
          address: '127.0.0.1:8090',
          active: 2,
          connections: 4,
          pending: 0,
          ejected: false,
          healthy: true,
        },
      ],
    },
    log: { known: true, value: [{ program: name, line: '{"level":"info","msg":"listening","port":8090}' }] },
  }
}

function seriesOf(steps: readonly Snapshot[]): SeriesPage {
  const columns = (
    pick: (
      snapshot: Snapshot,
    ) =>
      | { readonly signals: Snapshot['services'][number]['signals'] }
      | { readonly signals: Snapshot['edges'][number]['signals'] }
      | undefined,
  ): SeriesPage['services'][string] => {
    const values = steps
      .map((step) => pick(step)?.signals)
      .map((told) => (told?.known === true ? told.value : null))
    return {
      ratePerSecond: values.map((value) => value?.ratePerSecond ?? null),
      errorShare: values.map((value) => value?.errorShare ?? null),
      p50Ms: values.map((value) => value?.p50Ms ?? null),
      p99Ms: values.map((value) => value?.p99Ms ?? null),
    }
  }
  const last = steps.at(-1)
  return {
    at: steps.map(({ at }) => at),
    services: Object.fromEntries(
      (last?.services ?? []).map(({ name }) => [
        name,
        columns((step) => step.services.find((one) => one.name === name)),
      ]),
    ),
    edges: Object.fromEntries(
      (last?.edges ?? []).map(({ id }) => [id, columns((step) => step.edges.find((one) => one.id === id))]),
    ),
  }
}

function send(response: ServerResponse, event: string, data: { readonly sequence: number }): void {
  response.write(`event: ${event}\nid: ${data.sequence}\ndata: ${JSON.stringify(data)}\n\n`)
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(body === undefined ? 404 : status, { 'content-type': 'application/json' })
  response.end(
    JSON.stringify(body ?? { ok: false, code: 'WT_NOT_FOUND', error: 'it is not kept any more', hint: null }),
  )
}
