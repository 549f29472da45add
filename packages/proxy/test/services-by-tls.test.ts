import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import tls from 'node:tls'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { CertificateFolder } from '../src/certificates/index.js'
import { closedAfterEach, gateway } from './running-proxy.js'

let root = ''
const add = closedAfterEach()

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'services-by-tls-'))
  const certificates = new CertificateFolder(join(root, 'certs'), 'test')
  await certificates.create(new Date(), 365)
  await certificates.issue('up', ['localhost', '127.0.0.1'], new Date(), 30)
})

afterAll(() => rm(root, { recursive: true, force: true }))

/** Why the gateway could not speak to a service with this version of TLS alone, whose authority it does not know. */
async function complaint(version: tls.SecureVersion): Promise<unknown> {
  const server = createServer({
    cert: await readFile(join(root, 'certs', 'up', 'certificate.pem')),
    key: await readFile(join(root, 'certs', 'up', 'key.pem')),
    minVersion: version,
    maxVersion: version,
    ciphers: 'DEFAULT@SECLEVEL=0',
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const proxy = await add(
    gateway(`watertight: v1
system: test
services: { up: { endpoints: ["https://127.0.0.1:${port}"] } }
gateway: { listen: { port: 1 }, routes: [{ match: { path: / }, to: up, retry: off }] }`),
  )
  expect((await fetch(`http://127.0.0.1:${proxy.port}/`)).status).toBe(503)
  return proxy.lines.at(-1)!['detail']
}

it('speaks no TLS older than 1.2 to a service, though the process was told that it may', async () => {
  const { DEFAULT_MIN_VERSION, DEFAULT_CIPHERS } = tls
  onTestFinished(() => void Object.assign(tls, { DEFAULT_MIN_VERSION, DEFAULT_CIPHERS }))
  Object.assign(tls, { DEFAULT_MIN_VERSION: 'TLSv1', DEFAULT_CIPHERS: 'DEFAULT@SECLEVEL=0' })
  expect(await complaint('TLSv1.1')).toMatch(/protocol/i)
  // With one that may be spoken it comes as far as the certificate.
  expect(await complaint('TLSv1.2')).toMatch(/certificate/)
})
