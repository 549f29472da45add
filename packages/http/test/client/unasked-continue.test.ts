import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent, request } from 'undici'
import { expect, it } from 'vitest'
import { createFetch, watertightInterceptor } from '../../src/index.js'

it('sends a request once to a callee that answers it with a 100 Continue first', async () => {
  let requests = 0
  const server = createServer((message, response) => {
    requests += 1
    response.writeContinue()
    message.resume()
    response.end('ok')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const call = createFetch({ endpoints: [url] })
  await expect(call('/')).rejects.toMatchObject({
    code: 'WT_PROTOCOL',
    retryable: false,
    reason: expect.stringContaining('100 Continue that was not asked for') as string,
  })
  expect(requests).toBe(1)
  const agent = new Agent()
  const dispatcher = agent.compose(watertightInterceptor())
  await expect(request(url, { dispatcher })).rejects.toMatchObject({ code: 'WT_PROTOCOL' })
  expect(requests).toBe(2)
  await agent.destroy()
  await call.close()
  server.closeAllConnections()
  server.close()
})
