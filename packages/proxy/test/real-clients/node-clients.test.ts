import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { eventually, gatewayTo, type Running, type RunningProxy } from '../running-proxy.js'
import { clientService, LARGE_BYTES } from './client-service.js'

const closing: (() => unknown)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function inFrontOf(service: Running): Promise<RunningProxy> {
  const proxy = await gatewayTo(service.port)
  closing.push(
    () => proxy.close(),
    () => service.close(),
  )
  return proxy
}

describe('fetch', () => {
  it('gets, posts, streams both ways and leaves early', async () => {
    const { port } = await inFrontOf(await clientService())
    const url = `http://127.0.0.1:${port}`
    const got = await fetch(`${url}/a?b`)
    expect(await got.json()).toEqual({ method: 'GET', url: '/a?b', length: 0 })
    expect(got.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    const stream = new Blob(['x'.repeat(500_000)]).stream()
    const posted = await fetch(url, { method: 'POST', body: stream, duplex: 'half' })
    expect(await posted.json()).toMatchObject({ method: 'POST', length: 500_000 })
    expect((await (await fetch(`${url}/large`)).arrayBuffer()).byteLength).toBe(LARGE_BYTES)
    const abort = new AbortController()
    const left = await fetch(`${url}/slow`, { signal: abort.signal })
    abort.abort()
    await expect(left.text()).rejects.toThrow('abort')
    const heads = await Promise.all(Array.from({ length: 50 }, () => fetch(url, { method: 'HEAD' })))
    expect(heads.every(({ status }) => status === 200)).toBe(true)
  })
})

describe('http.Agent', () => {
  it('keeps one connection for many requests', async () => {
    const { port } = await inFrontOf(await clientService())
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    closing.push(() => agent.destroy())
    const ports = new Set<number | undefined>()
    for (const body of ['', 'x'.repeat(100_000), '', 'y']) {
      const method = body === '' ? 'GET' : 'PUT'
      const outgoing = request({ port, host: '127.0.0.1', agent, method, path: '/slow' }).end(body)
      const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
      ports.add(answer.socket.localPort)
      let text = ''
      for await (const chunk of answer) text += String(chunk)
      expect(text).toBe('first second')
    }
    expect(ports.size).toBe(1)
  })
})

describe('ws', () => {
  async function tunnelled(): Promise<{ proxy: RunningProxy; server: WebSocketServer; client: WebSocket }> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await once(server, 'listening')
    const { port } = server.address() as { readonly port: number }
    const close = (): void => {
      for (const client of server.clients) client.terminate()
      server.close()
    }
    const proxy = await inFrontOf({ port, close })
    const client = new WebSocket(`ws://127.0.0.1:${proxy.port}/chat`, 'talk')
    closing.push(() => client.terminate())
    return { proxy, server, client }
  }

  it('talks both ways, in text and bytes, small and large, and pings', async () => {
    const { server, client } = await tunnelled()
    server.on('connection', (socket) => {
      socket.on('message', (data: Buffer, isBinary) => socket.send(data, { binary: isBinary }))
    })
    await once(client, 'open')
    expect(client.protocol).toBe('talk')
    const large = Buffer.alloc(2_000_000, 'z')
    for (const message of ['small', large]) {
      client.send(message)
      const [data] = (await once(client, 'message')) as [Buffer]
      expect(data.equals(Buffer.from(message))).toBe(true)
    }
    client.ping('there?')
    expect(String((await once(client, 'pong'))[0])).toBe('there?')
  })

  it.each(['client', 'server'] as const)('is closed by the %s, and both hear why', async (side) => {
    const { proxy, server, client } = await tunnelled()
    const [[socket]] = await Promise.all([once(server, 'connection'), once(client, 'open')])
    const ends = [once(client, 'close'), once(socket as WebSocket, 'close')]
    if (side === 'client') client.close(4_001, 'enough')
    else (socket as WebSocket).close(4_001, 'enough')
    for (const [code, reason] of await Promise.all(ends)) {
      expect([code, String(reason)]).toEqual([4_001, 'enough'])
    }
    await eventually(() => proxy.lines.length === 1)
    expect(proxy.lines).toMatchObject([{ status: 101, path: '/chat' }])
  })

  it('hears that a service will not talk to it', async () => {
    const proxy = await inFrontOf(await clientService())
    const client = new WebSocket(`ws://127.0.0.1:${proxy.port}/chat`)
    const [error] = (await once(client, 'error')) as [Error]
    expect(error.message).toContain('200')
  })
})
