import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { readManifest } from '@watertight/manifest'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { CertificateFolder } from '../src/certificates/index.js'
import { openCredentials } from '../src/tls/open-credentials.js'
import { eventually, gateway, type Running, type RunningProxy, serveHttp } from './running-proxy.js'

let root = ''
let authority = ''
let service: Running
let proxy: RunningProxy

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gateway-tls-'))
  const certificates = new CertificateFolder(join(root, 'certs'), 'test')
  await certificates.create(new Date(), 365)
  await certificates.issue('gateway', ['localhost', '127.0.0.1'], new Date(), 30)
  authority = await readFile(join(root, 'certs', 'gateway', 'trust.pem'), 'utf8')
  service = await serveHttp((request, response) => {
    if (request.headers.upgrade !== undefined) switchAndReset(response)
    else if (request.url !== '/cut') response.end('served')
    else response.writeHead(200, { 'content-length': 1_000 }).write('half', () => request.socket.destroy())
  })
  const text = `watertight: v1
system: test
services: { up: { port: ${service.port} } }
gateway:
  listen: { port: 1, tls: { certificate: certs/gateway/certificate.pem, key: certs/gateway/key.pem } }
  routes: [{ match: { path: / }, to: up }]`
  const { model } = readManifest(text, 'watertight.yaml').system!
  const credentials = await openCredentials(model, { kind: 'gateway' }, root, (problem) => {
    throw problem
  })
  proxy = await gateway(text, credentials)
})

afterAll(async () => {
  proxy.close()
  service.close()
  await rm(root, { recursive: true, force: true })
})

/** The service changes the protocol, and breaks off in the middle of it. */
function switchAndReset({ socket }: ServerResponse): void {
  socket!.write(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nhi',
    () => {
      socket!.resetAndDestroy()
    },
  )
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

/** A connection of a client of TLS, and what came of it. */
class SecureCaller {
  readonly socket: TLSSocket
  received: string = ''
  failure: string | undefined = undefined
  isClosed: boolean = false
  session: Buffer | undefined = undefined

  constructor(options: ConnectionOptions) {
    this.socket = connect({ port: proxy.port, host: '127.0.0.1', ca: authority, ...options })
    this.socket.on('data', (chunk: Buffer) => (this.received += String(chunk)))
    this.socket.on('error', (error: NodeJS.ErrnoException) => (this.failure = error.code ?? error.message))
    this.socket.on('session', (session) => (this.session = session))
    this.socket.on('close', () => (this.isClosed = true))
    onTestFinished(() => void this.socket.destroy())
  }

  async ask(): Promise<string> {
    this.received = ''
    this.socket.write(REQUEST)
    await eventually(() => this.received.endsWith('served') || this.isClosed)
    return this.isClosed ? 'closed' : this.received.slice(9, 12)
  }
}

it.each(['TLSv1.2', 'TLSv1.3'] as const)('speaks %s with its callers', async (version) => {
  const caller = new SecureCaller({ minVersion: version, maxVersion: version })
  expect([await caller.ask(), caller.socket.getProtocol()]).toEqual(['200', version])
})

it('speaks no TLS older than 1.2, whatever the caller offers, and tells of it in the log', async () => {
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
  const caller = new SecureCaller(old)
  await eventually(() => caller.isClosed)
  expect(caller.failure).toMatch(/PROTOCOL|EPROTO|ECONNRESET/)
  await eventually(() => JSON.stringify(proxy.lines).includes('the handshake failed'))
})

it('a caller that asks for new keys in its connection does not get them, and others are served', async () => {
  const caller = new SecureCaller({ maxVersion: 'TLSv1.2' })
  expect(await caller.ask()).toBe('200')
  const failure = await new Promise<unknown>((resolve) => {
    caller.socket.renegotiate({}, resolve)
    caller.socket.once('close', () => resolve('closed'))
    // One that is passed over in silence gets its next answer under the keys that it has.
    void caller.ask().then(resolve)
  })
  expect(failure).not.toBeNull()
  expect(await new SecureCaller({}).ask()).toBe('200')
})

it('a caller that comes back takes up its session', async () => {
  const first = new SecureCaller({ maxVersion: 'TLSv1.2' })
  expect(await first.ask()).toBe('200')
  await eventually(() => first.session !== undefined)
  const second = new SecureCaller({ maxVersion: 'TLSv1.2', session: first.session! })
  expect([await second.ask(), second.socket.isSessionReused()]).toEqual(['200', true])
})

it('speaks HTTP/2 with who offers it, and no plain text with anybody', async () => {
  const session = connectHttp2(`https://127.0.0.1:${proxy.port}`, { ca: authority })
  onTestFinished(() => session.destroy())
  const stream = session.request({ ':path': '/' })
  const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
  expect(headers[':status']).toBe(200)
  await expect(fetch(`http://127.0.0.1:${proxy.port}/`)).rejects.toThrow('fetch failed')
})

it('an answer that its service cuts is cut for a caller by TLS too, and others are served', async () => {
  const caller = new SecureCaller({})
  caller.socket.write(REQUEST.replace('/', '/cut'))
  await eventually(() => caller.isClosed)
  expect(caller.received).toMatch(/content-length: 1000\r\n[^]*\r\n\r\nhalf$/i)
  expect(await new SecureCaller({}).ask()).toBe('200')
})

it('a WebSocket by TLS whose service is reset ends, and others are served', async () => {
  const caller = new SecureCaller({})
  caller.socket.write(REQUEST.replace('\r\n\r\n', '\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'))
  await eventually(() => caller.isClosed)
  expect(caller.received).toMatch(/^HTTP\/1.1 101 /)
  expect(await new SecureCaller({}).ask()).toBe('200')
})
