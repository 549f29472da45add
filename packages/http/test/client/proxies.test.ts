import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createFetch } from '../../src/index.js'
import { passingTime } from '../passing-time.js'
import { selfSignedCertificate } from '../../src/testing/index.js'

const servers: Server[] = []
afterEach(() => {
  vi.unstubAllEnvs()
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

async function portOf(server: Server, path?: string): Promise<number> {
  servers.push(server)
  await once(path === undefined ? server.listen(0, '127.0.0.1') : server.listen(path), 'listening')
  return path === undefined ? (server.address() as AddressInfo).port : 0
}

/** A proxy that opens tunnels, unless it is told to refuse, and remembers to where. */
async function proxy(
  status = 200,
): Promise<{ url: string; asked: string[]; authorized: (string | undefined)[] }> {
  const asked: string[] = []
  const authorized: (string | undefined)[] = []
  const server = createServer()
  server.on('connect', ({ url, headers }, socket) => {
    asked.push(url!)
    authorized.push(headers['proxy-authorization'])
    if (status !== 200) return socket.end(`HTTP/1.1 ${status} No\r\n\r\n`)
    const upstream = connect(Number(url!.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    for (const end of [upstream, socket]) end.on('error', () => {})
    socket.on('close', () => upstream.destroy())
    return undefined
  })
  return { url: `http://127.0.0.1:${await portOf(server)}`, asked, authorized }
}

const hello = (): Server => createServer((request, response) => response.end(request.headers.host))

describe('a proxy', () => {
  it('opens the way to plain and to secure origins', async () => {
    const { url, asked } = await proxy()
    const { key, cert } = selfSignedCertificate()
    const port = await portOf(hello())
    const securePort = await portOf(
      createSecureServer({ key, cert }, (_request, response) => response.end('secure')),
    )
    const fetch = createFetch({ proxy: url, tls: { ca: cert } })
    expect(await (await fetch(`http://orders.internal:${port}/`)).text()).toBe(`orders.internal:${port}`)
    expect(await (await fetch(`https://localhost:${securePort}/`)).text()).toBe('secure')
    expect(asked).toEqual([`orders.internal:${port}`, `localhost:${securePort}`])
    await fetch.destroy()
  })

  it('is told who asks, and only it', async () => {
    const { url, authorized } = await proxy()
    const port = await portOf(
      createServer((request, response) => response.end(JSON.stringify(request.headers))),
    )
    const fetch = createFetch({ proxy: url.replace('//', '//user:p%40ss@') })
    const headers = (await (await fetch(`http://127.0.0.1:${port}/`)).json()) as object
    expect(authorized).toEqual([`Basic ${Buffer.from('user:p@ss').toString('base64')}`])
    expect(headers).not.toHaveProperty('proxy-authorization')
    await fetch.destroy()
  })

  it('that refuses is a connection that failed, and says so', async () => {
    const { url } = await proxy(407)
    const fetch = createFetch({ proxy: url, retry: false })
    await expect(fetch('http://orders.internal/')).rejects.toMatchObject({
      code: 'WT_CONNECT',
      cause: { message: expect.stringContaining('answered 407 to CONNECT') as string },
    })
    await fetch.destroy()
  })

  it('that never answers takes the connect limit, and no longer', async () => {
    using time = passingTime()
    const silent = createServer().on('connect', () => {})
    const fetch = createFetch({
      proxy: `http://127.0.0.1:${await portOf(silent)}`,
      retry: false,
      timeout: { connectMs: 1_000 },
    })
    const answer = time.during(fetch('http://orders.internal/'))
    await expect(answer).rejects.toMatchObject({ code: 'WT_CONNECT_TIMEOUT' })
    await fetch.destroy()
  })

  it('of the environment is used where the environment is to count', async () => {
    const { url, asked } = await proxy()
    const port = await portOf(hello())
    vi.stubEnv('HTTP_PROXY', url)
    vi.stubEnv('NO_PROXY', '127.0.0.1')
    for (const options of [{}, { proxy: 'environment' }]) {
      const fetch = createFetch(options)
      await fetch(`http://localhost:${port}/`)
      await fetch(`http://127.0.0.1:${port}/`)
      await fetch.destroy()
    }
    expect(asked).toEqual([`localhost:${port}`])
  })
})

it('speaks over a Unix socket', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'watertight-'))
  const socketPath = join(folder, 'api.sock')
  await portOf(hello(), socketPath)
  const fetch = createFetch({ endpoints: 'http://docker', socketPath })
  expect(await (await fetch('/info')).text()).toBe('docker')
  await fetch.destroy()
  rmSync(folder, { recursive: true })
})

it('asks its own lookup for addresses', async () => {
  const port = await portOf(hello())
  const fetch = createFetch({
    lookup: (_name, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]),
  })
  expect(await (await fetch(`http://orders.internal:${port}/`)).text()).toBe(`orders.internal:${port}`)
  await fetch.destroy()
})
