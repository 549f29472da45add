import dns from 'node:dns'
import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server, type ServerHttp2Session } from 'node:http2'
import { syncBuiltinESMExports } from 'node:module'
import { type AddressInfo, type Server as SocketServer, type Socket } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { UpstreamEndpoint } from '../../src/upstream/upstream-endpoint.js'
import { closedAfterEach, destinationsOf, eventually, gateway, type RunningProxy } from '../running-proxy.js'

const NAME = 'up.test'
const add = closedAfterEach()
/** What the name server says of the name: addresses, or that there is none. */
let addresses: string[] = []
let asked = 0

// Only the system can be asked for names, so that here the system answers.
const systemLookup = dns.lookup
beforeAll(() => {
  dns.lookup = ((host: string, options: dns.LookupOptions, done: (...words: unknown[]) => void) => {
    if (host !== NAME) return systemLookup(host, options, done as never)
    asked += 1
    const found = addresses.map((address) => ({ address, family: 4 }))
    const none = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' })
    setImmediate(() => {
      if (found.length === 0) done(none)
      else if (options.all === true) done(null, found)
      else done(null, found[0]!.address, 4)
    })
  }) as typeof dns.lookup
  syncBuiltinESMExports()
})
afterAll(() => {
  dns.lookup = systemLookup
  syncBuiltinESMExports()
})

/** The places of one service, on one port of two addresses, and what they hold. */
interface Places {
  readonly port: number
  readonly held: ServerResponse[]
  /** Connections that are open to each. */
  readonly open: Readonly<Record<string, number>>
}

async function serve(protocol: 'http1' | 'h2'): Promise<Places> {
  const held: ServerResponse[] = []
  const open: Record<string, number> = {}
  let port = 0
  for (const address of ['127.0.0.1', '127.0.0.2']) {
    open[address] = 0
    const answer = (request: { url?: string | undefined }, response: ServerResponse): void => {
      if (request.url === '/held') held.push(response)
      else response.end(address)
    }
    const server: SocketServer =
      protocol === 'h2' ? createHttp2Server(answer as never) : createHttpServer(answer)
    const sockets = new Set<Socket>()
    server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      open[address]! += 1
      socket.on('close', () => (open[address]! -= 1))
      socket.on('error', () => undefined)
    })
    server.on('session', (session: ServerHttp2Session) => session.on('error', () => undefined))
    server.listen(port, address)
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
    onTestFinished(() => {
      server.close()
      for (const socket of sockets) socket.destroy()
    })
  }
  return { port, held, open }
}

function to({ port }: Places, words: string): Promise<RunningProxy> {
  return add(
    gateway(`watertight: v1
system: test
services: { up: { endpoints: ["${NAME}:${port}"], ${words} } }
gateway: { listen: { port: 1 }, routes: [{ match: { path: / }, to: up, retry: off }] }`),
  )
}

async function call({ port }: RunningProxy, path: string = '/'): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`)
  return `${answer.status} ${await answer.text()}`
}

/** The time comes at which the name is looked up with the next request. */
function laterOn({ proxy }: RunningProxy): void {
  const [endpoint] = destinationsOf(proxy)[0]!.endpoints.all
  Object.assign((endpoint as UpstreamEndpoint)['name']!, { askedAt: -Infinity })
}

describe.each(['http1', 'h2'] as const)('a service whose name moves, by %s', (protocol) => {
  const ONE = `protocol: ${protocol}, connections: { max: 1 }`

  it('is called at its new address, though its connection to the former one still serves', async () => {
    addresses = ['127.0.0.1']
    const places = await serve(protocol)
    const proxy = await to(places, ONE)
    expect(await call(proxy)).toBe('200 127.0.0.1')
    addresses = ['127.0.0.2']
    // Within its time it is not asked again: nothing is gained by a question for each request.
    const before = asked
    expect(await call(proxy)).toBe('200 127.0.0.1')
    expect(asked).toBe(before)
    laterOn(proxy)
    await eventually(async () => (await call(proxy)) === '200 127.0.0.2')
    await eventually(() => places.open['127.0.0.1'] === 0)
    expect(proxy.lines.filter(({ status }) => status !== 200)).toEqual([])
  })

  it('ends at its former address what is under way there', async () => {
    addresses = ['127.0.0.1']
    const places = await serve(protocol)
    // One connection is enough for HTTP/2: the stream that is held on the former one keeps nobody waiting.
    const proxy = await to(places, protocol === 'h2' ? ONE : 'protocol: http1')
    const held = call(proxy, '/held')
    await eventually(() => places.held.length === 1)
    addresses = ['127.0.0.2']
    laterOn(proxy)
    await eventually(async () => (await call(proxy)) === '200 127.0.0.2')
    expect(places.open['127.0.0.1']).toBe(1)
    places.held[0]!.end('held')
    expect(await held).toBe('200 held')
    await eventually(() => places.open['127.0.0.1'] === 0)
  })

  it('goes on at its address when the name is not answered any more, and when it has others besides', async () => {
    addresses = ['127.0.0.1']
    const places = await serve(protocol)
    const proxy = await to(places, ONE)
    expect(await call(proxy)).toBe('200 127.0.0.1')
    for (const now of [[], ['127.0.0.2', '127.0.0.1']]) {
      addresses = now
      laterOn(proxy)
      const before = asked
      expect(await call(proxy)).toBe('200 127.0.0.1')
      await eventually(() => asked > before)
      expect(await call(proxy)).toBe('200 127.0.0.1')
    }
    expect(places.open).toEqual({ '127.0.0.1': 1, '127.0.0.2': 0 })
  })

  it('is told by UF while its name is unknown, and called as soon as it is known', async () => {
    addresses = []
    const proxy = await to(await serve(protocol), ONE)
    expect(await call(proxy)).toMatch(/^503 /)
    expect(proxy.lines.at(-1)).toMatchObject({ flags: 'UF' })
    expect(proxy.lines.at(-1)!['detail']).toContain(NAME)
    addresses = ['127.0.0.2']
    expect(await call(proxy)).toBe('200 127.0.0.2')
  })
})

it('an address is no name, and nobody is asked for it', async () => {
  const places = await serve('http1')
  const proxy = await add(
    gateway(`watertight: v1
system: test
services: { up: { port: ${places.port} } }
gateway: { listen: { port: 1 }, routes: [{ match: { path: / }, to: up }] }`),
  )
  const [endpoint] = destinationsOf(proxy.proxy)[0]!.endpoints.all
  expect((endpoint as UpstreamEndpoint)['name']).toBeUndefined()
})
