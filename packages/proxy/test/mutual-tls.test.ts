import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { readManifest, type SystemModel } from '@watertight/manifest'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { CertificateFolder, readCertificates } from '../src/certificates/index.js'
import { Proxy } from '../src/proxy.js'
import type { Credentials } from '../src/tls/credentials.js'
import { openCredentials } from '../src/tls/open-credentials.js'
import { deadPort, type Running, serveHttp } from './running-proxy.js'

const DAY_MS = 86_400_000
const HOSTS = ['localhost', '127.0.0.1']
const now = new Date()

let root = ''
let payment: Running
let inboundPort = 0
let certificates: CertificateFolder
const proxies: Proxy[] = []
const problems: string[] = []
let policy = 'retry: off'

/** order calls payment, each behind its sidecar; stranger is in the system and not among payment's callers. */
const text = (application: number, inbound: number): string => `watertight: v1
system: shop
mutualTls: true
enforce: sidecar
services:
  order: { port: 1, calls: { payment: { timeout: { total: 5s }, ${policy} } } }
  payment: { port: ${inbound}, sidecar: { application: ${application} } }
  stranger: { port: 2 }
gateway: { listen: { port: 3 }, routes: [{ match: { path: / }, to: order }] }`

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mutual-tls-'))
  certificates = new CertificateFolder(join(root, 'certs'), 'shop')
  await certificates.create(now, 365)
  for (const service of ['order', 'payment', 'stranger', 'gateway'])
    await certificates.issue(service, HOSTS, now, 30)
  payment = await serveHttp((incoming, response) => response.end(`charged by ${incoming.url}`))
  inboundPort = await deadPort()
})

afterEach(() => {
  for (const proxy of proxies.splice(0)) proxy.destroy()
  problems.length = 0
})

afterAll(async () => {
  payment.close()
  await rm(root, { recursive: true, force: true })
})

function model(): SystemModel {
  const { system, problems: found } = readManifest(text(payment.port, inboundPort), 'watertight.yaml')
  if (system === undefined || found.length > 0) throw new Error(JSON.stringify(found))
  return system.model
}

async function sidecar(service: string, shownAs: string = service, folder: string = root): Promise<Proxy> {
  const { proxy } = await sidecarWith(service, shownAs, folder)
  return proxy
}

/** The sidecar of a service, with the certificates of another one perhaps. */
async function sidecarWith(
  service: string,
  shownAs: string = service,
  folder: string = root,
): Promise<{ readonly proxy: Proxy; readonly credentials: Credentials }> {
  const told = ({ message }: Error): number => problems.push(message)
  const credentials = await openCredentials(model(), { kind: 'sidecar', service: shownAs }, folder, told)
  const proxy = new Proxy({ model: model(), posture: { kind: 'sidecar', service }, credentials })
  proxies.push(proxy)
  await proxy.listen()
  return { proxy, credentials: credentials.workload! }
}

const portOf = (proxy: Proxy, name: string): number => proxy.ports.find((one) => one.name === name)!.port

async function call(proxy: Proxy): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${portOf(proxy, 'payment')}/charges`)
  return `${response.status} ${await response.text()}`
}

/** Calls payment's sidecar as this workload would, without a sidecar of its own. */
async function callAs(workload: string, options: ConnectionOptions = {}): Promise<number | string> {
  const { certificate: cert, key, trust: ca } = await readCertificates(join(root, 'certs', workload))
  const outgoing = request({ port: inboundPort, host: '127.0.0.1', agent: false, cert, key, ca, ...options })
  outgoing.end()
  try {
    const [{ statusCode }] = (await once(outgoing, 'response')) as [{ readonly statusCode: number }]
    return statusCode
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  } finally {
    outgoing.destroy()
  }
}

async function connectAs(workload: string): Promise<TLSSocket> {
  const { certificate: cert, key, trust: ca } = await readCertificates(join(root, 'certs', workload))
  const socket = connect({ port: inboundPort, host: '127.0.0.1', cert, key, ca })
  await once(socket, 'secureConnect')
  return socket
}

describe('mutual TLS between sidecars', () => {
  it('carries a call from plain text to plain text', async () => {
    await sidecar('payment')
    expect(await call(await sidecar('order'))).toBe('200 charged by /charges')
  })

  it('lets in who is on the list, and tells who is not that it may not', async () => {
    await sidecar('payment')
    expect(await callAs('order')).toBe(200)
    expect(await callAs('stranger')).toBe(403)
  })

  it('hangs up on a caller without a certificate, with one of another authority, and with one that has ended', async () => {
    await sidecar('payment')
    const elsewhere = new CertificateFolder(join(root, 'elsewhere'), 'shop')
    if (!(await elsewhere.exists())) await elsewhere.create(now, 365)
    await elsewhere.issue('order', HOSTS, now, 30)
    const forged = await readCertificates(join(root, 'elsewhere', 'order'))
    expect(await callAs('order', { cert: undefined, key: undefined })).toBe('ECONNRESET')
    expect(await callAs('order', { cert: forged.certificate, key: forged.key })).toBe('ECONNRESET')
    await certificates.issue('stranger', HOSTS, new Date(now.getTime() - 60 * DAY_MS), 30)
    expect(await callAs('stranger')).toBe('ECONNRESET')
    await certificates.issue('stranger', HOSTS, now, 30)
  })

  it('speaks no TLS older than 1.2', async () => {
    await sidecar('payment')
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    expect(await callAs('order', old)).toMatch(/PROTOCOL|EPROTO|ECONNRESET/)
  })

  it('sends nothing to a service that is not the one that was called', async () => {
    await sidecar('payment', 'stranger')
    expect(await call(await sidecar('order'))).toBe('503 upstream connect error')
  })

  it('tells a process that is gone from one that says 503 itself, and its callers heed it', async () => {
    const running = payment
    policy = 'retry: off, answers: [503], fallback: { status: 218 }'
    payment = await serveHttp((_incoming, response) => {
      response.writeHead(503, { 'x-watertight-failure': 'connect-failure' }).end('closed')
    })
    try {
      await sidecar('payment')
      const order = await sidecar('order')
      // What the process says of a failure is nothing that its sidecar passes on.
      expect(await call(order)).toBe('503 closed')
      payment.close()
      expect(await call(order)).toBe('218 ')
      expect(await callAs('order')).toBe(503)
    } finally {
      payment = running
      policy = 'retry: off'
    }
  })

  it('is not begun without certificates', async () => {
    await expect(sidecar('order', 'order', join(root, 'nowhere'))).rejects.toThrow(
      /^cannot use the certificates of order: ENOENT.*watertight certs init makes them$/,
    )
  })
})

describe('new certificates', () => {
  it('are used by connections that begin after them, and no open one is dropped', async () => {
    const { credentials } = await sidecarWith('payment')
    const open = await connectAs('order')
    const before = open.getPeerX509Certificate()?.serialNumber
    await certificates.issue('payment', HOSTS, now, 30)
    await credentials.look()
    open.write('GET /a HTTP/1.1\r\nHost: payment\r\n\r\n')
    const [answer] = (await once(open, 'data')) as [Buffer]
    expect(answer.toString()).toContain('200 OK')
    open.destroy()
    const next = await connectAs('order')
    expect(next.getPeerX509Certificate()?.serialNumber).not.toBe(before)
    next.destroy()
  })

  it('that cannot be used are told of, and the old ones stay', async () => {
    const { credentials, proxy } = await sidecarWith('order')
    await sidecar('payment')
    const file = join(root, 'certs', 'order', 'certificate.pem')
    const whole = await readFile(file, 'utf8')
    await writeFile(file, 'no certificate')
    await credentials.look()
    expect(problems).toHaveLength(1)
    expect(await call(proxy)).toBe('200 charged by /charges')
    await writeFile(file, whole)
    await credentials.look()
    expect(problems).toHaveLength(1)
  })
})
