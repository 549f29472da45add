import { getGlobalDispatcher, MockAgent, request, setGlobalDispatcher } from 'undici'
import { afterEach, expect, it } from 'vitest'
import { createFetch, watertightInterceptor } from '../../src/index.js'
import { flakyUpstream, memoryUpstream } from '../../src/testing/index.js'

const platform = getGlobalDispatcher()
const platformFetch = globalThis.fetch
const marked = globalThis as { [key: symbol]: unknown }
const interceptor = Symbol.for('fetch-interceptor')
afterEach(() => {
  setGlobalDispatcher(platform)
  globalThis.fetch = platformFetch
  delete marked[interceptor]
})

function mocked(): MockAgent {
  const agent = new MockAgent()
  agent.disableNetConnect()
  return agent
}

it('answers through the MockAgent of a test, as undici documents it', async () => {
  const agent = mocked()
  setGlobalDispatcher(agent)
  agent
    .get('http://payment.internal')
    .intercept({ path: '/charges', method: 'POST' })
    .reply(201, { id: 'c-1' })
  for (const send of [createFetch(), createFetch({ endpoints: 'http://payment.internal' })]) {
    agent
      .get('http://payment.internal')
      .intercept({ path: '/charges', method: 'POST' })
      .reply(201, { id: 'c-1' })
    const response = await send('http://payment.internal/charges', { method: 'POST', body: '{}' })
    expect([response.status, await response.json()]).toEqual([201, { id: 'c-1' }])
  }
})

it('retries what a MockAgent has fail, and never goes past it', async () => {
  const agent = mocked()
  setGlobalDispatcher(agent)
  const pool = agent.get('http://payment.internal')
  pool.intercept({ path: '/' }).reply(503, '')
  pool.intercept({ path: '/' }).reply(200, 'ok')
  const send = createFetch({ endpoints: 'http://payment.internal' })
  expect(await (await send('/')).text()).toBe('ok')
  await expect(createFetch({ retry: false })('http://127.0.0.1:9/')).rejects.toThrow('fetch failed')
})

it('takes the dispatcher of one call', async () => {
  const agent = mocked()
  agent.get('http://payment.internal').intercept({ path: '/' }).reply(200, 'mock')
  const send = createFetch()
  expect(await (await send('http://payment.internal/', { dispatcher: agent } as never)).text()).toBe('mock')
  await expect(send('http://payment.internal/', { dispatcher: {} } as never)).rejects.toThrow(
    "dispatcher must be one of undici's",
  )
})

it('puts the interceptor before a MockAgent, too', async () => {
  const agent = mocked()
  agent.get('http://payment.internal').intercept({ path: '/' }).reply(200, 'mock')
  const dispatcher = agent.compose(watertightInterceptor({}))
  const { body } = await request('http://payment.internal/', { dispatcher })
  expect(await body.text()).toBe('mock')
})

/** Puts `fetch` in place as msw 2 and nock 14 do; what it answers with undefined goes on to the former one. */
function intercepted(answer: (url: string) => Response | undefined): string[] {
  const asked: string[] = []
  const beneath = globalThis.fetch
  marked[interceptor] = {}
  globalThis.fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    asked.push(url)
    return answer(url) ?? (await beneath(input, init))
  }
  return asked
}

it('answers through the interceptor that a test has put before the network, with the policies on', async () => {
  let calls = 0
  intercepted(() =>
    (calls += 1) === 1 ? new Response(null, { status: 503 }) : Response.json({ paid: true }),
  )
  const send = createFetch({ endpoints: 'http://payment.internal' })
  expect(await (await send('/charges/c-1')).json()).toEqual({ paid: true })
  expect(calls).toBe(2)
})

it('reaches the network through an interceptor that lets a request pass', async () => {
  await using upstream = await flakyUpstream({ script: [{ body: 'real' }] })
  const asked = intercepted(() => undefined)
  const send = createFetch()
  expect(await (await send(upstream.url)).text()).toBe('real')
  expect(asked).toEqual([`${upstream.url}/`])
  await send.destroy()
})

it('goes in no circle where the fetch beneath an interceptor is its own', async () => {
  await using upstream = await flakyUpstream({ script: [{ body: 'real' }] })
  const own = createFetch()
  globalThis.fetch = own
  intercepted(() => undefined)
  expect(await (await fetch(upstream.url)).text()).toBe('real')
  expect(upstream.requests).toHaveLength(1)
  await own.destroy()
})

it('leaves a transport that was given in its place', async () => {
  const asked = intercepted(() => new Response('mock'))
  const memory = memoryUpstream({ script: [{ body: 'memory' }] })
  const send = createFetch({ endpoints: 'http://payment.test', transport: memory })
  expect(await (await send('/')).text()).toBe('memory')
  expect(asked).toEqual([])
})
