import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { passingTime } from '../passing-time.js'
import { createServerGuard, type FaultRule } from '../../src/index.js'

let server: Server | undefined

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function served(faults: readonly FaultRule[]): Promise<{ url: string; done: string[] }> {
  const done: string[] = []
  const guard = createServerGuard({ faults, exempt: ({ url }) => url === '/exempt' })
  server = createServer(
    guard.listener((message, response) => {
      done.push(message.url ?? '')
      response.setHeader('x-own', 'yes')
      response.end('done')
    }),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, done }
}

it('fails requests before their work is done, except those that are exempt', async () => {
  const { url, done } = await served([{ end: 503 }])
  expect((await fetch(`${url}/charges`)).status).toBe(503)
  expect(await (await fetch(`${url}/exempt`)).text()).toBe('done')
  expect(done).toEqual(['/exempt'])
})

it('loses the answers of work that was done', async () => {
  const { url, done } = await served([
    { when: 'after', end: 500, times: 1 },
    { when: 'after', end: 'reset', times: 1 },
  ])
  const lost = await fetch(`${url}/charges`)
  expect([lost.status, await lost.text(), lost.headers.get('x-own')]).toEqual([500, '', null])
  await expect(fetch(`${url}/charges`)).rejects.toThrow('fetch failed')
  const whole = await fetch(`${url}/charges`)
  expect([whole.status, await whole.text(), whole.headers.get('x-own')]).toEqual([200, 'done', 'yes'])
  expect(done).toHaveLength(3)
})

it('is late', async () => {
  using time = passingTime()
  const { url, done } = await served([{ delay: 100, times: 1 }])
  const begunAt = time.clock.now()
  const late = fetch(`${url}/charges`).then((response) => response.text())
  expect(await time.during(late)).toBe('done')
  expect(time.clock.now() - begunAt).toBeGreaterThanOrEqual(100)
  expect(done).toEqual(['/charges'])
})
