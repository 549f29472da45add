import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readManifest } from '@watertight/manifest'
import { expect, onTestFinished, test } from 'vitest'
import { madeInPlace } from './gateway-certificate.js'
import { runDocument } from './run-document.js'

/** What the gateway of a run reads of its certificate, where these files lie beside the document. */
function tlsOf(certificate: string, key: string, ...files: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const file of files) writeFileSync(join(folder, file), '')
  const text = `watertight: v1
system: shop
gateway:
  listen: { port: 8443, tls: { certificate: ${certificate}, key: ${key} } }
  routes: [{ match: { path: / }, respond: { status: 404 } }]
services: { order: { run: node order.js } }
`
  const model = readManifest(text, 'watertight.yaml').system!.model
  const ports = {
    gateway: 8443,
    gatewayAdmin: 1,
    instances: new Map(),
    stores: new Map(),
    engines: new Map(),
  }
  const run = runDocument(text, { system: model, instances: [], ports, folder, storePassword: '' })
  const { listen } = readManifest(run, 'watertight.yaml').system!.model.gateway
  return { folder, read: listen?.tls, told: madeInPlace(model.gateway.listen?.tls, folder) }
}

const made = { certificate: 'certs/gateway/certificate.pem', key: 'certs/gateway/key.pem' }

test('a certificate that lies beside the document is used', () => {
  const { folder, read, told } = tlsOf('c.pem', 'k.pem', 'c.pem', 'k.pem')
  expect(read).toEqual({ certificate: join(folder, 'c.pem'), key: join(folder, 'k.pem') })
  expect(told).toBeUndefined()
})

test('where there is none, the gateway has one that is made for the run, whatever its name, and that is told', () => {
  const { read, told } = tlsOf('c.pem', 'k.pem')
  expect(read).toEqual(made)
  expect(told).toBe('c.pem and k.pem are not there: the gateway has a development certificate in their place')
})

test('a name that says that it is made is no news', () => {
  const { read, told } = tlsOf(made.certificate, made.key)
  expect(read).toEqual(made)
  expect(told).toBeUndefined()
})

test('a certificate without its key is the mistake of the document, and named by the gateway where it looks for it', () => {
  const { folder, read } = tlsOf('c.pem', 'k.pem', 'c.pem')
  expect(read).toEqual({ certificate: join(folder, 'c.pem'), key: join(folder, 'k.pem') })
})
