import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { type EnvoyOptions, freePort, startJaeger, SupervisedEnvoy } from '../src/index.js'
import { compiled } from './compiled.js'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const CALLER = '00f067aa0ba902b7'
const UNTRACED = '4bf92f3577b34da6a3ce929d0e0e4737'

interface JaegerSpan {
  readonly spanID: string
  readonly references: readonly { readonly spanID: string }[]
  readonly processID: string
  readonly tags: readonly { readonly key: string; readonly value: unknown }[]
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'envoy-tracing-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Fails the first time that it is asked, and keeps what it is sent. */
async function failingOnce() {
  const headers: Record<string, unknown>[] = []
  const server = createServer((request, response) => {
    headers.push(request.headers)
    response.writeHead(headers.length === 1 ? 503 : 200).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => server.close().closeAllConnections())
  return { port: (server.address() as AddressInfo).port, headers }
}

async function spansOf(jaeger: string, trace: string) {
  const answer = (await (await fetch(`${jaeger}/api/traces/${trace}`)).json()) as {
    data: { spans: JaegerSpan[]; processes: Record<string, { serviceName: string }> }[] | null
  }
  const [found] = answer.data ?? []
  return (found?.spans ?? []).map(({ spanID, references, processID, tags }) => {
    const tag = Object.fromEntries(tags.map(({ key, value }) => [key, value]))
    return {
      id: spanID,
      parent: references[0]?.spanID,
      service: found?.processes[processID]?.serviceName,
      kind: tag['span.kind'],
      status: String(tag['http.status_code']),
      path: tag['url.path'],
      resends: tag['retry.count'],
      tellsQuery: JSON.stringify(tags).includes('secret'),
    }
  })
}

it('the trace of a request goes on through a gateway and a sidecar that are Envoys: a span each, and one for each try', async () => {
  const collector = { port: await freePort(), collectorPort: await freePort() }
  const jaeger = await startJaeger({ folder: await newFolder(), ...collector })
  onTestFinished(() => jaeger.kill())
  const url = `http://127.0.0.1:${collector.collectorPort}/v1/traces`
  const payment = await failingOnce()
  const ports = { gateway: await freePort(), order: await freePort(), toPayment: await freePort() }
  const document = {
    watertight: 'v1',
    system: 'shop',
    enforce: 'sidecar',
    services: {
      order: { port: ports.toPayment, calls: { payment: { retry: { attempts: 2, on: ['5xx'] } } } },
      payment: { port: payment.port },
    },
    gateway: { listen: { port: ports.gateway }, routes: [{ match: { path: '/' }, to: 'order' }] },
  }
  const start = async (options: Partial<EnvoyOptions>): Promise<void> => {
    const place = { folder: await newFolder(), adminPort: await freePort() }
    const envoy = new SupervisedEnvoy(place)
    onTestFinished(() => envoy.stop())
    await envoy.start(compiled(document, { ...place, traces: { url }, ...options }))
  }
  // What the gateway sends to order comes to its sidecar at once, which sends it on to payment.
  await start({ posture: 'gateway' })
  await start({ posture: { sidecar: 'order' }, outbound: { payment: ports.toPayment } })

  const ask = (trace: string, isTraced: boolean) =>
    fetch(`http://127.0.0.1:${ports.gateway}/charges?card=secret`, {
      headers: { traceparent: `00-${trace}-${CALLER}-0${isTraced ? 1 : 0}`, 'x-request-id': ID },
    })
  expect((await ask(TRACE, true)).status).toBe(200)
  expect((await ask(UNTRACED, false)).status).toBe(200)
  await expect.poll(() => spansOf(`http://127.0.0.1:${collector.port}`, TRACE), POLL).toHaveLength(5)

  const spans = await spansOf(`http://127.0.0.1:${collector.port}`, TRACE)
  expect(spans.filter(({ tellsQuery }) => tellsQuery)).toEqual([])
  const below = (parent: string | undefined) => spans.filter((span) => span.parent === parent)
  const [atGateway] = below(CALLER)
  expect(atGateway).toMatchObject({ service: 'gateway', kind: 'server', status: '200', path: '/charges' })
  const [toOrder] = below(atGateway?.id)
  expect(toOrder).toMatchObject({ service: 'gateway', kind: 'client' })
  const [atSidecar] = below(toOrder?.id)
  expect(atSidecar).toMatchObject({ service: 'order', kind: 'server', status: '200' })
  const tries = below(atSidecar?.id)
  expect(tries).toMatchObject(Array.from({ length: 2 }, () => ({ service: 'order', kind: 'client' })))
  const told = tries.map(({ status, resends }) => `${status} ${String(resends)}`)
  expect(new Set(told)).toEqual(new Set(['503 undefined', '200 1']))
  // Whoever is asked goes on with the try that it is asked by, and sees the id that the caller has chosen.
  const parents = payment.headers.map(({ traceparent }) => String(traceparent).split('-'))
  expect(new Set(tries.map(({ id }) => id))).toEqual(new Set(parents.slice(0, 2).map(([, , id]) => id)))
  expect(parents.map(([, , , sampled]) => sampled)).toEqual(['01', '01', '00'])
  expect(payment.headers.map((headers) => headers['x-request-id'])).toEqual([ID, ID, ID])
  expect(await spansOf(`http://127.0.0.1:${collector.port}`, UNTRACED)).toEqual([])
}, 120_000)

const ID = '7b1c9d5e-52f4-4c0e-8a53-1f0e2d3c4b5a'
const POLL = { timeout: 60_000, interval: 100 }
