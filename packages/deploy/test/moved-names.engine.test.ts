import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type EnvoyConfiguration, freePort, SupervisedEnvoy } from '../src/index.js'
import { compiled } from './compiled.js'

let folder: string
let names: NameServer
const services: Server[] = []
let envoy: SupervisedEnvoy | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'envoy-names-'))
  names = await NameServer.start()
})
afterEach(async () => {
  await envoy?.stop()
  for (const service of services.splice(0)) {
    service.closeAllConnections()
    service.close()
  }
  names.close()
  await rm(folder, { recursive: true })
})

/** Answers each question for an address of version 4 with the one that it is told. */
class NameServer {
  /** Undefined: there is no such name. */
  address: string | undefined = '127.0.0.1'
  readonly socket: Socket = createSocket('udp4')

  static async start(): Promise<NameServer> {
    const server = new NameServer()
    server.socket.on('message', (question, from) => {
      server.socket.send(server.answer(question), from.port, from.address)
    })
    server.socket.bind(0, '127.0.0.1')
    await once(server.socket, 'listening')
    return server
  }

  close(): void {
    this.socket.close()
  }

  /** A message of RFC 1035: the question, and one record with a reference to the name in it. */
  private answer(message: Buffer): Buffer {
    const end = message.indexOf(0, HEAD_BYTES) + 5
    const question = message.subarray(HEAD_BYTES, end)
    const isFound = this.address !== undefined && question.readUInt16BE(question.length - 4) === TYPE_A
    const head = Buffer.from(message.subarray(0, HEAD_BYTES))
    head.writeUInt16BE(this.address === undefined ? NO_SUCH_NAME : FOUND, 2)
    head.writeUInt16BE(isFound ? 1 : 0, 6)
    head.writeUInt32BE(0, 8)
    if (!isFound) return Buffer.concat([head, question])
    const octets = this.address!.split('.').map(Number)
    return Buffer.concat([
      head,
      question,
      Buffer.from([0xc0, HEAD_BYTES, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...octets]),
    ])
  }
}

const HEAD_BYTES = 12
const TYPE_A = 1
const FOUND = 0x84_00
const NO_SUCH_NAME = 0x84_03

/** A service that says where it is. */
async function serveAt(host: string, port: number = 0): Promise<number> {
  const server = createServer((_request, response) => response.end(host)).listen(port, host)
  services.push(server)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** The same configuration, with names looked up at this test's server. */
function asking({ bootstrap, ...rest }: EnvoyConfiguration): EnvoyConfiguration {
  const socket_address = { address: '127.0.0.1', port_value: names.socket.address().port }
  const typed_config = {
    '@type': 'type.googleapis.com/envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig',
    resolvers: [{ socket_address }],
    dns_resolver_options: { no_default_search_domain: true },
  }
  const typed_dns_resolver_config = { name: 'envoy.network.dns_resolver.cares', typed_config }
  return { ...rest, bootstrap: { ...(bootstrap as object), typed_dns_resolver_config } }
}

/** A gateway in front of a service at this place, which is asked whether it is ready. */
function gatewayTo(endpoint: string, gateway: number, adminPort: number): EnvoyConfiguration {
  const health = { ready: { path: '/ready' }, interval: '1s' }
  return compiled(
    {
      watertight: 'v1',
      system: 'shop',
      services: { order: { endpoints: [endpoint], health } },
      gateway: { listen: { port: gateway }, routes: [{ match: { path: '/' }, to: 'order' }] },
    },
    { folder, posture: 'gateway', adminPort },
  )
}

/** Asks until the answer is this one, and tells all that there were. */
async function askedUntil(port: number, wanted: string): Promise<ReadonlySet<string>> {
  const seen = new Set<string>()
  await expect
    .poll(
      async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/`)
        const text = `${answer.status} ${await answer.text()}`
        seen.add(text)
        return text
      },
      { timeout: 60_000, interval: 5 },
    )
    .toBe(wanted)
  return seen
}

it('an endpoint whose name moves is followed, and the former place until it fails its checks', async () => {
  const port = await serveAt('127.0.0.1')
  await serveAt('127.0.0.2', port)
  const [gateway, admin] = [await freePort(), await freePort()]
  const configuration = gatewayTo(`order.example:${port}`, gateway, admin)
  expect(configuration.report).toContainEqual(
    expect.objectContaining({ key: 'endpoints', effect: 'differs' }),
  )
  envoy = new SupervisedEnvoy({ folder, adminPort: admin, workers: 1 })
  await envoy.start(asking(configuration))
  expect([...(await askedUntil(gateway, '200 127.0.0.1'))]).toEqual(['200 127.0.0.1'])
  names.address = '127.0.0.2'
  expect([...(await askedUntil(gateway, '200 127.0.0.2'))].toSorted()).toEqual([
    '200 127.0.0.1',
    '200 127.0.0.2',
  ])
  expect([...(await askedUntil(gateway, '200 127.0.0.1'))]).toContain('200 127.0.0.1')
})

it('an endpoint that leaves the document gets no calls more, though it passes its checks, and none is lost', async () => {
  const port = await serveAt('127.0.0.1')
  await serveAt('127.0.0.2', port)
  const [gateway, admin] = [await freePort(), await freePort()]
  envoy = new SupervisedEnvoy({ folder, adminPort: admin, workers: 1 })
  await envoy.start(gatewayTo(`127.0.0.1:${port}`, gateway, admin))
  await askedUntil(gateway, '200 127.0.0.1')
  const asked = askedUntil(gateway, '200 127.0.0.2')
  expect(await envoy.apply(gatewayTo(`127.0.0.2:${port}`, gateway, admin))).toBe('in-force')
  expect([...(await asked)].toSorted()).toEqual(['200 127.0.0.1', '200 127.0.0.2'])
  const later = await Promise.all(
    Array.from({ length: 20 }, async () => (await fetch(`http://127.0.0.1:${gateway}/`)).text()),
  )
  expect([...new Set(later)]).toEqual(['127.0.0.2'])
})
