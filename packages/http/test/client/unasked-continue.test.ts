import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent, request } from 'undici'
import { expect, it } from 'vitest'
import { createFetch, watertightInterceptor } from '../../src/index.js'

it('passes over a 100 Continue that nobody asked for, and tries no dispatcher again that cannot', async () => {
  let requests = 0
  const server = createServer((message, response) => {
    requests += 1
    response.writeContinue()
    message.resume()
    response.end('ok')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const call = createFetch({ endpoints: [url], retry: false })
  for (let time = 1; time <= 3; time++) {
    expect(await (await call('/', { method: 'POST', body: 'order' })).text()).toBe('ok')
    expect(requests).toBe(time)
  }
  const agent = new Agent()
  const dispatcher = agent.compose(watertightInterceptor())
  await expect(request(url, { dispatcher })).rejects.toMatchObject({ code: 'WT_PROTOCOL' })
  expect(requests).toBe(4)
  await agent.destroy()
  await call.close()
  server.closeAllConnections()
  server.close()
})
