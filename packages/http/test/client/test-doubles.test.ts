import { getGlobalDispatcher, MockAgent, request, setGlobalDispatcher } from 'undici'
import { afterEach, expect, it } from 'vitest'
import { createFetch, watertightInterceptor } from '../../src/index.js'

const platform = getGlobalDispatcher()
afterEach(() => setGlobalDispatcher(platform))

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
