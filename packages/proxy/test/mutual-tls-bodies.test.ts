import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHash, randomBytes } from 'node:crypto'
import { readManifest } from '@watertight/manifest'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { CertificateFolder } from '../src/certificates/index.js'
import { Proxy } from '../src/proxy.js'
import { openCredentials } from '../src/tls/open-credentials.js'
import { freePort } from './free-port.js'
import { serveHttp } from './running-proxy.js'

let root = ''

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mutual-tls-bodies-'))
  const certificates = new CertificateFolder(join(root, 'certs'), 'shop')
  await certificates.create(new Date(), 365)
  for (const service of ['order', 'payment'])
    await certificates.issue(service, ['localhost', '127.0.0.1'], new Date(), 30)
})

afterAll(() => rm(root, { recursive: true, force: true }))

const text = (application: number, inbound: number, protocol: string): string => `watertight: v1
system: shop
mutualTls: true
enforce: sidecar
services:
  order: { port: 1, calls: { payment: { timeout: { total: 5s }, retry: off } } }
  payment: { port: ${inbound}, protocol: ${protocol}, sidecar: { application: ${application} } }`

/** A process that gives back what it is sent, by this protocol. */
async function echo(protocol: string): Promise<number> {
  if (protocol === 'http1') {
    const running = await serveHttp((request, response) => void request.pipe(response))
    onTestFinished(() => running.close())
    return running.port
  }
  const server = createHttp2Server()
  server.on('session', (session) => onTestFinished(() => session.destroy()))
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200 })
    stream.pipe(stream)
  })
  server.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function sidecar(document: string, service: string): Promise<Proxy> {
  const { system, problems } = readManifest(document, 'watertight.yaml')
  if (system === undefined || problems.length > 0) throw new Error(JSON.stringify(problems))
  const { model } = system
  const posture = { kind: 'sidecar', service } as const
  // Nobody looks at certificates any more once the proxies have ended: the folder is gone then, which would be told here.
  const credentials = await openCredentials(model, posture, root, (error) => {
    throw error
  })
  const proxy = new Proxy({ model, posture, credentials })
  onTestFinished(() => proxy.destroy())
  await proxy.listen()
  return proxy
}

it.each(['http1', 'h2'])('bodies go both ways between sidecars by mutual TLS, by %s', async (protocol) => {
  const document = text(await echo(protocol), await freePort(), protocol)
  await sidecar(document, 'payment')
  const { ports } = await sidecar(document, 'order')
  const { port } = ports.find(({ name }) => name === 'payment')!
  const bodies = Array.from({ length: 12 }, (_, index) => randomBytes(1 + index * 40_009))
  const digests = bodies.map(async (body) => {
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body })
    return createHash('sha256')
      .update(Buffer.from(await response.arrayBuffer()))
      .digest('hex')
  })
  const sent = bodies.map((body) => createHash('sha256').update(body).digest('hex'))
  expect(await Promise.all(digests)).toEqual(sent)
})
