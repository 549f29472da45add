import { X509Certificate, createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TLSSocket, connect, createServer } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CertificateFolder } from './certificate-folder.js'
import { type Certificates, readCertificates } from './read-certificates.js'
import { identityOf } from './workload-identity.js'

const DAY_MS = 86_400_000
const HOSTS = ['localhost', '127.0.0.1']
const now = new Date()

let root = ''
let folder: CertificateFolder

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'certificates-'))
  folder = new CertificateFolder(join(root, 'certs'), 'shop')
  await folder.create(now, 365)
})

afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

const certificatesOf = (service: string): Promise<Certificates> =>
  readCertificates(join(root, 'certs', service))

describe('a folder of certificates', () => {
  it('has one authority, and says so to who would make another', async () => {
    await expect(folder.create(now, 365)).rejects.toThrow(/^cannot create an authority: .* has one already$/)
  })

  it('says when there is no authority', async () => {
    await expect(
      new CertificateFolder(join(root, 'other'), 'shop').issue('order', HOSTS, now, 30),
    ).rejects.toThrow(/has no authority$/)
  })

  it('lets nobody else read keys, and keeps itself out of version control', async () => {
    await folder.issue('order', HOSTS, now, 30)
    for (const path of ['authority/key.pem', 'order/key.pem']) {
      expect((await stat(join(root, 'certs', path))).mode & 0o077).toBe(0)
    }
    expect(await readFile(join(root, 'certs', '.gitignore'), 'utf8')).toBe('*\n')
  })

  it('lists what it has issued', async () => {
    await folder.issue('payment', HOSTS, now, 30)
    await folder.issue('order', HOSTS, now, 30)
    const [order, payment] = await folder.list()
    expect(order).toMatchObject({
      service: 'order',
      identity: 'spiffe://shop/order',
      hosts: HOSTS,
      trusted: true,
    })
    expect(payment).toMatchObject({ service: 'payment', identity: 'spiffe://shop/payment' })
  })

  it('issues nothing that outlives its authority', async () => {
    const issued = await folder.issue('order', HOSTS, now, 3650)
    expect(issued.notAfter.getTime()).toBeLessThanOrEqual(now.getTime() + 365 * DAY_MS)
  })

  it('keeps the folder of the authority to itself', async () => {
    await expect(folder.issue('authority', HOSTS, now, 30)).rejects.toThrow('must not be called "authority"')
  })
})

describe('issuing anew', () => {
  it('never shows a certificate beside the key of another', async () => {
    await folder.issue('order', HOSTS, now, 30)
    const rotation = { isOver: false }
    const rotated = (async () => {
      for (let turn = 0; turn < 20; turn++) await folder.issue('order', HOSTS, now, 30)
      rotation.isOver = true
    })()
    const seen = new Set<string>()
    while (!rotation.isOver) {
      const { certificate, key } = await certificatesOf('order')
      expect(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))).toBe(true)
      seen.add(certificate)
    }
    await rotated
    expect(seen.size).toBeGreaterThan(1)
  })

  it('keeps the version before, and no older one', async () => {
    for (let turn = 0; turn < 5; turn++) await folder.issue('order', HOSTS, now, 30)
    expect(await readdir(join(root, 'certs', '.versions'))).toHaveLength(2)
  })
})

describe('a new authority', () => {
  it('cuts nobody off: old and new certificates are believed by all, until the old authority ends', async () => {
    await folder.issue('order', HOSTS, now, 30)
    await folder.issue('payment', HOSTS, now, 30)
    await folder.renewAuthority(now, 365)
    const [order, payment] = [await certificatesOf('order'), await certificatesOf('payment')]
    await expect(handshake(order, payment)).resolves.toBe('spiffe://shop/order')
    await folder.issue('order', HOSTS, now, 30)
    await expect(handshake(await certificatesOf('order'), payment)).resolves.toBe('spiffe://shop/order')
    await expect(handshake(payment, await certificatesOf('order'))).resolves.toBe('spiffe://shop/payment')
  })

  it('is believed alone once the old one has ended', async () => {
    const before = await folder.issue('order', HOSTS, now, 30)
    expect(before.trusted).toBe(true)
    await folder.renewAuthority(new Date(now.getTime() + 400 * DAY_MS), 365)
    expect((await folder.list()).map(({ trusted }) => trusted)).toEqual([false])
  })
})

describe('mutual TLS with what was issued', () => {
  it('tells each side who the other is', async () => {
    await folder.issue('order', HOSTS, now, 30)
    await folder.issue('payment', HOSTS, now, 30)
    await expect(handshake(await certificatesOf('order'), await certificatesOf('payment'))).resolves.toBe(
      'spiffe://shop/order',
    )
  })

  it('refuses a caller whose certificate another authority has signed', async () => {
    const other = new CertificateFolder(join(root, 'other'), 'shop')
    await other.create(now, 365)
    await other.issue('order', HOSTS, now, 30)
    await folder.issue('payment', HOSTS, now, 30)
    const payment = await certificatesOf('payment')
    const forged = { ...(await readCertificates(join(root, 'other', 'order'))), trust: payment.trust }
    await expect(handshake(forged, payment)).resolves.toMatch(/UNABLE_TO_VERIFY|SIGNATURE/)
  })

  it('refuses a certificate that has ended', async () => {
    const long = new Date(now.getTime() - 60 * DAY_MS)
    await folder.issue('order', HOSTS, long, 30)
    await folder.issue('payment', HOSTS, now, 30)
    await expect(handshake(await certificatesOf('order'), await certificatesOf('payment'))).resolves.toBe(
      'CERT_HAS_EXPIRED',
    )
  })
})

/** Whom the callee sees, or why it believes the caller not. */
async function handshake(caller: Certificates, callee: Certificates): Promise<string | undefined> {
  const { certificate, key, trust } = callee
  // The handshake goes on in either case, so that the reason can be read.
  const server = createServer({
    cert: certificate,
    key,
    ca: trust,
    requestCert: true,
    rejectUnauthorized: false,
  })
  const met = once(server, 'secureConnection')
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const socket = connect({
    host: '127.0.0.1',
    port,
    cert: caller.certificate,
    key: caller.key,
    ca: caller.trust,
  })
  try {
    const [[seen]] = (await Promise.all([met, once(socket, 'secureConnect')])) as [[TLSSocket], unknown]
    return seen.authorized
      ? identityOf(seen.getPeerX509Certificate()?.subjectAltName)
      : String(seen.authorizationError)
  } finally {
    socket.destroy()
    server.close()
  }
}
