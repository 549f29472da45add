import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createSocketServer } from 'node:net'
import { promisify } from 'node:util'
import { virtualClock } from '@watertight/policy/testing'
import { createTelemetry } from '@watertight/telemetry'
import { afterEach, expect, it } from 'vitest'
import { createFetch, type FetchOptions, type ResilientFetch } from '../../src/index.js'
import { passingTime } from '../passing-time.js'

const closing: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function serve(listener: RequestListener, port = 0): Promise<{ url: string; server: Server }> {
  const server = createServer(listener)
  await once(server.listen(port, '127.0.0.1'), 'listening')
  closing.push(() => server.close().closeAllConnections())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

function calling(options: FetchOptions): ResilientFetch {
  const send = createFetch(options)
  closing.push(() => send.destroy())
  return send
}

it('loses no POST to a callee that closes after each answer without saying so', async () => {
  const server = createSocketServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  closing.push(() => void server.close())
  const send = calling({
    endpoints: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    retry: false,
  })
  for (let count = 0; count < 50; count++) {
    expect(await (await send('/', { method: 'POST', body: 'x' })).text()).toBe('ok')
  }
})

it('has calls wait for a connection when all are in use', async () => {
  let most = 0
  let now = 0
  const { url } = await serve((_request, response) => {
    most = Math.max(most, ++now)
    setImmediate(() => {
      now -= 1
      response.end('x')
    })
  })
  const send = calling({ endpoints: url, connectionsMax: 2 })
  const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await send('/')).status))
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(most).toBeLessThanOrEqual(2)
})

it('says that all connections are in use when a call has waited for one as long as it may', async () => {
  using clock = virtualClock()
  clock.install()
  let requests = 0
  const { url } = await serve(() => void (requests += 1))
  const telemetry = createTelemetry({ service: 'order' })
  const send = calling({
    endpoints: url,
    connectionsMax: 1,
    retry: false,
    timeout: { connectMs: 20 },
    telemetry,
  })
  const first = send('/').catch(() => {})
  await expect.poll(() => requests).toBe(1)
  const second = send('/')
  second.catch(() => {})
  await clock.advance(20)
  await expect(second).rejects.toMatchObject({
    code: 'WT_CONNECTIONS_IN_USE',
    cause: { message: `no free connection to ${url} within 20 ms: all 1 are in use` },
  })
  expect(telemetry.expose().body).toMatch(/client_attempts_total\{[^}]*"WT_CONNECTIONS_IN_USE"[^}]*\} 1/)
  await send.destroy()
  await first
})

it('leaves an aborted call out of the queue for connections', async () => {
  const ended: (() => void)[] = []
  let requests = 0
  const { url } = await serve((_request, response) => {
    requests += 1
    ended.push(() => response.end('x'))
  })
  const send = calling({ endpoints: url, connectionsMax: 1, retry: false })
  const first = send('/')
  const controller = new AbortController()
  const second = send('/', { signal: controller.signal })
  controller.abort(new Error('changed my mind'))
  await expect(second).rejects.toThrow('changed my mind')
  await expect.poll(() => ended.length).toBe(1)
  ended[0]!()
  await (await first).text()
  const third = send('/')
  await expect.poll(() => ended.length).toBe(2)
  ended[1]!()
  await (await third).text()
  expect(requests).toBe(2)
})

it('tells the callee at once when the reader leaves a stream', async () => {
  let open = 0
  const { url } = await serve((_request, response) => {
    open += 1
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: 1\n\n')
    response.on('close', () => {
      open -= 1
    })
  })
  const send = calling({ endpoints: url, connectionsMax: 3 })
  const leave: ((response: Response) => unknown)[] = [
    async (response) => {
      for await (const chunk of response.body!) if (chunk.length > 0) break
    },
    (response) => response.body!.cancel(),
    (response) => Promise.all(response.body!.tee().map((half) => half.cancel())),
    (response) => Promise.all([response.clone().body!.cancel(), response.body!.cancel()]),
  ]
  for (const way of leave) {
    await way(await send('/'))
    await expect.poll(() => open).toBe(0)
  }
  expect(send.endpoints[0]!.active).toBe(0)
})

it('tries an ejected endpoint before it fails', async () => {
  using time = passingTime()
  const first = await serve((_request, response) => response.end('x'))
  const second = await serve((_request, response) => response.end('x'))
  const port = (server: Server): number => (server.address() as AddressInfo).port
  const ports = [port(first.server), port(second.server)]
  const send = calling({ endpoints: [first.url, second.url], ejection: { maxEjected: 0.5 } })
  const failures = async (count: number): Promise<number> => {
    let failed = 0
    for (let at = 0; at < count; at++)
      await send('/').then(
        (response) => response.text(),
        () => failed++,
      )
    return failed
  }
  first.server.close().closeAllConnections()
  expect(await time.during(failures(40))).toBe(0)
  expect(send.endpoints.map(({ ejected }) => ejected)).toEqual([true, false])
  await serve((_request, response) => response.end('x'), ports[0])
  second.server.close().closeAllConnections()
  expect(await time.during(failures(20))).toBe(0)
})

it('never ejects the only endpoint', async () => {
  let status = 500
  const { url } = await serve((_request, response) => response.writeHead(status).end())
  const send = calling({ endpoints: url, retry: false, ejection: { maxEjected: 1 } })
  for (let count = 0; count < 8; count++) await send('/')
  status = 200
  expect((await send('/')).status).toBe(200)
})

it.each(['', '/client', '/server', '/express', '/fastify', '/hono', '/scope', '/testing'])(
  'changes nothing in the process by being imported: @watertight/http%s',
  async (subpath) => {
    const program = `
    const before = { ...process._events }
    const fetch = globalThis.fetch
    const { createFetch } = await import('@watertight/http${subpath}')
    createFetch?.()
    if (globalThis.fetch !== fetch) throw new Error('fetch is another one')
    const listeners = Object.keys(process._events).filter((name) => !(name in before))
    const resources = process.getActiveResourcesInfo().filter((name) => /Timeout|Immediate|TCP/.test(name))
    const dispatcher = globalThis[Symbol.for('undici.globalDispatcher.1')]
    const { Agent } = await import('undici')
    console.log(JSON.stringify([dispatcher instanceof Agent, listeners, resources]))`
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program],
      {
        cwd: new URL('../..', import.meta.url).pathname,
      },
    )
    expect(JSON.parse(stdout)).toEqual([false, [], []])
  },
)
