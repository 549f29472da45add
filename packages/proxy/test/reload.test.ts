import { Agent, request } from 'node:http'
import { once } from 'node:events'
import { readManifest, type SystemModel } from '@watertight/manifest'
import { afterEach, describe, expect, it } from 'vitest'
import { Proxy } from '../src/proxy.js'
import { eventually, type Running, serveHttp } from './running-proxy.js'

const closing: (() => void)[] = []

afterEach(() => {
  for (const close of closing.splice(0)) close()
})

function model(routes: string, services: string, port: number = 0): SystemModel {
  const { system, problems } = readManifest(
    `watertight: v1
system: test
services: { ${services} }
gateway: { listen: { port: ${port === 0 ? 1 : port} }, routes: [${routes}] }`,
    'watertight.yaml',
  )
  if (system === undefined || problems.length > 0) throw new Error(JSON.stringify(problems))
  // Any free port.
  return port === 0 ? withPort(system.model, 0) : system.model
}

function withPort(of: SystemModel, port: number): SystemModel {
  return { ...of, gateway: { ...of.gateway, listen: { ...of.gateway.listen!, port } } }
}

async function start(of: SystemModel): Promise<{ readonly proxy: Proxy; readonly url: string }> {
  const proxy = new Proxy({ model: of, posture: { kind: 'gateway' } })
  closing.push(() => proxy.destroy())
  await proxy.listen()
  return { proxy, url: `http://127.0.0.1:${proxy.ports[0]!.port}` }
}

async function serve(answer: Parameters<typeof serveHttp>[0]): Promise<Running> {
  const service = await serveHttp(answer)
  closing.push(() => service.close())
  return service
}

const failing = 'retry: off, breaker: { consecutiveFailures: 2, openFor: 1h }'

describe('a change of the document, while the proxy runs', () => {
  it('sends the next request by the new routes, on the connection that is open', async () => {
    const one = await serve((_request, response) => response.end('one'))
    const two = await serve((_request, response) => response.end('two'))
    const services = `one: { port: ${one.port} }, two: { port: ${two.port} }`
    const { proxy, url } = await start(model('{ match: { path: / }, to: one }', services))
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    closing.push(() => agent.destroy())
    const ask = async (): Promise<[string, boolean]> => {
      const asked = request(url, { agent }).end()
      const [response] = (await once(asked, 'response')) as [AsyncIterable<Buffer>]
      let text = ''
      for await (const chunk of response) text += String(chunk)
      return [text, asked.reusedSocket]
    }
    expect(await ask()).toEqual(['one', false])
    await proxy.reload(model('{ match: { path: / }, to: two }', services))
    expect(await ask()).toEqual(['two', true])
  })

  it('loses no request of many, though routes and thresholds change all the time', async () => {
    const service = await serve((_request, response) => setImmediate(() => response.end('ok')))
    const services = `up: { port: ${service.port} }`
    const { proxy, url } = await start(model('{ match: { path: / }, to: up }', services))
    const load = { isOver: false }
    const statuses: number[] = []
    const callers = Array.from({ length: 8 }, async () => {
      while (!load.isOver) statuses.push((await fetch(url)).status)
    })
    for (let turn = 0; turn < 50; turn++) {
      const policy =
        turn % 2 === 0 ? 'timeout: { total: 5s }' : 'bulkhead: { concurrency: 50 }, balance: round-robin'
      await proxy.reload(model(`{ match: { path: / }, to: up, ${policy} }`, services))
      await new Promise((resolve) => setImmediate(resolve))
    }
    load.isOver = true
    await Promise.all(callers)
    expect(statuses.length).toBeGreaterThan(8)
    expect(statuses.filter((status) => status !== 200)).toEqual([])
  })

  it('keeps an open circuit open, with a new limit', async () => {
    let calls = 0
    const service = await serve((_request, response) => {
      calls += 1
      response.writeHead(500).end()
    })
    const services = `up: { port: ${service.port} }`
    const { proxy, url } = await start(model(`{ match: { path: / }, to: up, ${failing} }`, services))
    for (let call = 0; call < 3; call++) await fetch(url)
    expect(calls).toBe(2)
    await proxy.reload(model(`{ match: { path: / }, to: up, timeout: { total: 2s }, ${failing} }`, services))
    expect((await fetch(url)).status).toBe(503)
    expect(calls).toBe(2)
  })

  it('lets a request under way end as it began', async () => {
    let answer: (() => void) | undefined
    const one = await serve((_request, response) => {
      answer = () => response.end('one')
    })
    const { proxy, url } = await start(model('{ match: { path: / }, to: one }', `one: { port: ${one.port} }`))
    const asked = fetch(url)
    await eventually(() => answer !== undefined)
    await proxy.reload(
      model('{ match: { path: / }, respond: { status: 200, body: changed } }', 'one: { port: 9 }'),
    )
    expect(await (await fetch(url)).text()).toBe('changed')
    answer?.()
    expect(await (await asked).text()).toBe('one')
  })

  it('is refused as a whole when a service cannot be reached, or the listener would have to move', async () => {
    const one = await serve((_request, response) => response.end('one'))
    const services = `one: { port: ${one.port} }`
    const { proxy, url } = await start(model('{ match: { path: / }, to: one }', services))
    await expect(
      proxy.reload(
        model('{ match: { path: /a }, to: one }, { match: { path: / }, to: two }', `${services}, two: {}`),
      ),
    ).rejects.toThrow('cannot reach two')
    await expect(proxy.reload(model('{ match: { path: / }, to: one }', services, 18_181))).rejects.toThrow(
      /^cannot move gateway from 127.0.0.1:0 to 127.0.0.1:18181 while it listens/,
    )
    expect(await (await fetch(url)).text()).toBe('one')
  })
})
