import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type VirtualClock, virtualClock } from '@watertight/policy/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createFetch, type ResilientFetch } from '../../src/index.js'

let clock: VirtualClock
let send: ResilientFetch
let answer: ServerResponse | undefined
let head: Record<string, string> = {}
let close: () => void

beforeEach(async () => {
  answer = undefined
  clock = virtualClock({ startMs: 1_000 })
  clock.install()
  const server = createServer((_message, response) => {
    answer = response
    response.writeHead(200, head)
    response.write('data: 0\n\n')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  close = () => server.close().closeAllConnections()
  const { port } = server.address() as AddressInfo
  send = createFetch({ endpoints: `http://127.0.0.1:${port}`, retry: false })
})
afterEach(async () => {
  await send.destroy()
  close()
  clock[Symbol.dispose]()
})

it('reads events for hours by default, as long as one comes now and then', async () => {
  head = { 'content-type': 'text/event-stream' }
  const reader = (await send('/')).body!.getReader()
  await reader.read()
  for (let event = 1; event <= 250; event++) {
    await clock.advance(29_000)
    answer!.write(`data: ${event}\n\n`)
    const { value } = await reader.read()
    expect(Buffer.from(value).toString()).toBe(`data: ${event}\n\n`)
  }
  expect(send.endpoints[0]!.active).toBe(1)
  const silence = reader.read()
  silence.catch(() => undefined)
  await clock.advance(30_000)
  await expect(silence).rejects.toMatchObject({ code: 'WT_BODY_TIMEOUT' })
})

it('ends the request of a body that is left although little of it is missing, when that does not come', async () => {
  head = { 'content-length': '100' }
  const response = await send('/')
  await response.body!.cancel()
  await clock.advance(499)
  expect([send.endpoints[0]!.active, answer!.destroyed]).toEqual([1, false])
  await clock.advance(1)
  expect(send.endpoints[0]!.active).toBe(0)
  await expect.poll(() => answer!.destroyed).toBe(true)
})
