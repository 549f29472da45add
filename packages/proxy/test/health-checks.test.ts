import { once } from 'node:events'
import { createServer as createHttp2Server } from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { destinationsOf, eventually, gateway, type RunningProxy, serveHttp } from './running-proxy.js'

/** Tests wait for intervals to pass, so all of them do so at one time, and close at the end. */
const closing: (() => void)[] = []

afterAll(() => {
  for (const close of closing) close()
})

interface Service {
  readonly port: number
  /** The status that `ready` answers with; 0 for no answer. */
  ready: number
  asked: number
  /** The status of every other answer. */
  answer: number
}

async function serve(): Promise<Service> {
  const service = { port: 0, ready: 200, asked: 0, answer: 200 }
  const running = await serveHttp((request, response) => {
    if (request.url === '/readyz') {
      service.asked += 1
      if (service.ready !== 0) response.writeHead(service.ready).end()
    } else response.writeHead(service.answer).end(String(service.port))
  })
  closing.push(() => running.close())
  service.port = running.port
  return service
}

async function gatewayTo(
  endpoints: readonly string[],
  health: string,
  more: string = '',
  policy: string = '',
): Promise<RunningProxy> {
  const proxy = await gateway(`watertight: v1
system: test
services: { up: { endpoints: [${endpoints.map((place) => `"${place}"`).join(', ')}], health: { ${health} }${more} } }
gateway: { listen: { port: 1 }, routes: [{ match: { path: / }, to: up, retry: off${policy} }] }`)
  closing.push(() => proxy.close())
  return proxy
}

const places = (services: readonly Service[]): string[] => services.map(({ port }) => `127.0.0.1:${port}`)
/** Services and gateway share this process: an interval that it can be late in would leave out the sound ones. */
const READY = 'ready: /readyz, interval: 700ms'

/** By endpoint, in the order of the document. */
function healthOf({ proxy }: RunningProxy): boolean[] {
  const { endpoints } = destinationsOf(proxy)[0]!
  return endpoints.all.map((endpoint) => endpoints.isHealthy(endpoint))
}

async function answerers(proxy: RunningProxy): Promise<string[]> {
  const answers = new Set<string>()
  for (let call = 0; call < 12; call++) {
    answers.add(await (await fetch(`http://127.0.0.1:${proxy.port}/`)).text())
  }
  return [...answers]
}

it.concurrent('leaves out an endpoint that is not ready, and takes it back', async () => {
  const [one, two] = [await serve(), await serve()]
  const proxy = await gatewayTo(places([one, two]), READY)
  one.ready = 503
  await eventually(() => !healthOf(proxy)[0]!)
  expect(await answerers(proxy)).toEqual([String(two.port)])
  one.ready = 204
  await eventually(() => healthOf(proxy)[0]!)
  expect((await answerers(proxy)).toSorted()).toEqual([String(one.port), String(two.port)].toSorted())
})

it.concurrent('takes an answer that is later than the interval for none', async () => {
  const [one, two] = [await serve(), await serve()]
  one.ready = 0
  const proxy = await gatewayTo(places([one, two]), 'ready: /readyz, interval: 150ms')
  await eventually(() => !healthOf(proxy)[0]!)
  expect(one.asked).toBeGreaterThanOrEqual(2)
})

it.concurrent(
  'asks one that is left out again at once, and uses one that has been starting as soon as it is ready',
  async () => {
    const one = await serve()
    one.ready = 503
    const proxy = await gatewayTo(places([one]), 'ready: /readyz, interval: 60s, unhealthy: 1, healthy: 90')
    await eventually(() => !healthOf(proxy)[0]!)
    one.ready = 200
    await eventually(() => healthOf(proxy)[0]!)
    expect(one.asked).toBeLessThan(90)
  },
)

it.concurrent('counts answers in a row', async () => {
  const one = await serve()
  const proxy = await gatewayTo(places([one]), `${READY}, unhealthy: 4`)
  one.ready = 500
  const before = one.asked
  await eventually(() => !healthOf(proxy)[0]!)
  expect(one.asked - before).toBeGreaterThanOrEqual(4)
})

it.concurrent('calls nobody when none is ready, and says so by the flag UH', async () => {
  const one = await serve()
  const proxy = await gatewayTo(places([one]), READY)
  one.ready = 503
  await eventually(() => !healthOf(proxy)[0]!)
  const answer = await fetch(`http://127.0.0.1:${proxy.port}/`)
  expect([answer.status, await answer.text()]).toEqual([503, 'no healthy upstream'])
  expect(proxy.lines.at(-1)).toMatchObject({
    flags: 'UH',
    detail: 'up has no endpoint: none of 1 is healthy',
  })
  one.ready = 200
  await eventually(() => healthOf(proxy)[0]!)
  expect(await answerers(proxy)).toEqual([String(one.port)])
})

it.concurrent('goes on calling all of them below the share of panic', async () => {
  const one = await serve()
  const proxy = await gatewayTo(places([one]), READY, '', ', ejection: { panic: 50% }')
  one.ready = 503
  await eventually(() => !healthOf(proxy)[0]!)
  expect(await answerers(proxy)).toEqual([String(one.port)])
})

it.concurrent('asks over HTTP/2 where the service speaks it', async () => {
  let ready = 503
  const server = createHttp2Server((_request, response) => response.writeHead(ready).end())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close())
  const proxy = await gatewayTo(
    [`127.0.0.1:${(server.address() as AddressInfo).port}`],
    READY,
    ', protocol: h2',
  )
  await eventually(() => !healthOf(proxy)[0]!)
  ready = 200
  await eventually(() => healthOf(proxy)[0]!)
  expect(healthOf(proxy)).toEqual([true])
})

it.concurrent(
  'asks over TLS, and takes an endpoint that cannot prove who it is for one that is not ready',
  async () => {
    let handshakes = 0
    const server = createTlsServer({}, (_request, response) => response.end())
    server.on('tlsClientError', () => (handshakes += 1))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing.push(() => server.close())
    const proxy = await gatewayTo([`https://127.0.0.1:${(server.address() as AddressInfo).port}`], READY)
    await eventually(() => !healthOf(proxy)[0]!)
    expect(handshakes).toBeGreaterThanOrEqual(2)
  },
)

it.concurrent('asks nothing where the document has no ready', async () => {
  const [one, two] = [await serve(), await serve()]
  const proxy = await gatewayTo(places([one, two]), 'live: /readyz, interval: 10ms')
  await answerers(proxy)
  expect([one.asked, two.asked]).toEqual([0, 0])
})

it.concurrent('asks nothing more once it drains', async () => {
  const one = await serve()
  const proxy = await gatewayTo(places([one]), READY)
  await eventually(() => one.asked > 1)
  await proxy.proxy.drain()
  const after = one.asked
  const other = await serve()
  await gatewayTo(places([other]), 'ready: /readyz, interval: 200ms')
  await eventually(() => other.asked > 5)
  // One may have been under way.
  expect(one.asked).toBeLessThanOrEqual(after + 1)
})

const EJECTS = ', ejection: { consecutiveFailures: 1, baseEjection: 60s, maxEjected: 100% }'

it.concurrent(
  'goes on calling its only endpoint whatever that answers, and says UH of it only when it is not ready',
  async () => {
    const one = await serve()
    const proxy = await gatewayTo(places([one]), READY, '', EJECTS)
    one.answer = 500
    const call = async (): Promise<unknown[]> => {
      const { status } = await fetch(`http://127.0.0.1:${proxy.port}/`)
      return [status, proxy.lines.at(-1)!['flags']]
    }
    for (let calls = 0; calls < 3; calls++) expect(await call()).toEqual([500, ''])
    one.ready = 503
    await eventually(() => !healthOf(proxy)[0]!)
    expect(await call()).toEqual([503, 'UH'])
  },
)

it.concurrent('calls the endpoint that is ejected when the other one is not ready', async () => {
  const [one, two] = [await serve(), await serve()]
  const proxy = await gatewayTo(places([one, two]), READY, '', EJECTS)
  one.answer = 500
  await eventually(async () => (await fetch(`http://127.0.0.1:${proxy.port}/`)).status === 500)
  one.answer = 200
  expect(await answerers(proxy)).toEqual([String(two.port)])
  two.ready = 503
  await eventually(() => !healthOf(proxy)[1]!)
  expect(await answerers(proxy)).toEqual([String(one.port)])
})
