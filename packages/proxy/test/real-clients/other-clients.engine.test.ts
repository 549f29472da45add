import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readManifest } from '@watertight/manifest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CertificateFolder } from '../../src/certificates/index.js'
import { openCredentials } from '../../src/tls/open-credentials.js'
import { gateway, type Running, type RunningProxy } from '../running-proxy.js'
import { clientService, LARGE_BYTES } from './client-service.js'

// Programs that not every machine has. One that is missing is a failure: nothing here is skipped.
const run = promisify(execFile)

let root = ''
let service: Running
let proxy: RunningProxy
let secure: RunningProxy

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'real-clients-'))
  service = await clientService()
  const text = (tls: string): string => `watertight: v1
system: test
services: { up: { port: ${service.port} } }
gateway:
  listen: { port: 1${tls} }
  routes:
    - { match: { path: { exact: /nowhere } }, respond: { status: 404, body: nothing here } }
    - { match: { path: / }, to: up }`
  proxy = await gateway(text(''))
  const certificates = new CertificateFolder(join(root, 'certs'), 'test')
  await certificates.create(new Date(), 365)
  await certificates.issue('gateway', ['localhost', '127.0.0.1'], new Date(), 30)
  const files = '{ certificate: certs/gateway/certificate.pem, key: certs/gateway/key.pem }'
  const secureText = text(`, tls: ${files}`)
  const { model } = readManifest(secureText, 'watertight.yaml').system!
  const credentials = await openCredentials(model, { kind: 'gateway' }, root, (problem) => {
    throw problem
  })
  secure = await gateway(secureText, credentials)
})

afterAll(async () => {
  proxy.close()
  secure.close()
  service.close()
  await rm(root, { recursive: true, force: true })
})

const scriptAt = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

async function linesOf(program: string, ...words: string[]): Promise<readonly string[]> {
  const { stdout } = await run(program, words, { maxBuffer: 10_000_000 })
  return stdout.trim().split('\n')
}

describe('curl', () => {
  /** The body, then the version and the status. */
  const curl = (path: string, ...options: string[]): Promise<readonly string[]> =>
    linesOf('curl', '-sS', '--max-time', '20', '-w', '\n%{http_version} %{http_code}', ...options, path)
  const trusting = (): string[] => ['--cacert', join(root, 'certs', 'gateway', 'trust.pem')]

  it.each([
    ['HTTP/1.1', ['--http1.1'], '1.1'],
    ['HTTP/2 from the first byte', ['--http2-prior-knowledge'], '2'],
    ['an offer to upgrade to HTTP/2, which is not taken', ['--http2'], '1.1'],
  ])('by %s', async (_name, options, version) => {
    const url = `http://127.0.0.1:${proxy.port}`
    expect(await curl(`${url}/curl`, ...options)).toEqual([
      '{"method":"GET","url":"/curl","length":0}',
      `${version} 200`,
    ])
    const upload = ['-X', 'PUT', '-H', 'Expect: 100-continue', '--data-binary', `@${process.execPath}`]
    const [, told] = await curl(`${url}/curl`, ...options, ...upload)
    expect(told).toBe(`${version} 413`)
    expect(await curl(`${url}/slow`, ...options, '-d', 'x'.repeat(50_000))).toEqual([
      'first second',
      `${version} 200`,
    ])
    expect(await curl(`${url}/nowhere`, ...options)).toEqual(['nothing here', `${version} 404`])
    expect(await curl(`${url}/large`, ...options, '-o', '/dev/null')).toEqual([`${version} 200`])
  })

  it.each([
    ['HTTP/1.1', ['--http1.1'], '1.1'],
    ['HTTP/2 by ALPN', ['--http2'], '2'],
  ])('over TLS with a certificate for development, by %s', async (_name, options, version) => {
    const url = `https://localhost:${secure.port}/curl`
    expect(await curl(url, ...options, ...trusting())).toEqual([
      '{"method":"GET","url":"/curl","length":0}',
      `${version} 200`,
    ])
    await expect(curl(url, ...options)).rejects.toThrow('certificate')
    await expect(curl(url, ...options, ...trusting(), '--tls-max', '1.1')).rejects.toThrow('curl: (35)')
  })
})

describe('Python', () => {
  it('by http.client and urllib', async () => {
    expect(await linesOf('python3', scriptAt('client.py'), String(proxy.port))).toEqual([
      '{"method":"GET","url":"/python","length":0}',
      'first second',
      '{"method":"GET","url":"/python","length":0}',
      '{"method":"POST","url":"/python","length":300000}',
      '413 close',
      '100000',
      String(LARGE_BYTES),
      '404 nothing here',
    ])
  })
})

describe('Java', () => {
  it('by HttpClient, which offers HTTP/2 unless it is told not to', async () => {
    const each = [
      '{"method":"POST","url":"/java","length":200000}',
      String(LARGE_BYTES),
      ...Array.from({ length: 20 }, () => 'first second'),
    ]
    expect(await linesOf('java', scriptAt('Client.java'), String(proxy.port))).toEqual([...each, ...each])
  })
})
