import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { virtualClock } from '@watertight/policy/testing'
import { expect, it } from 'vitest'
import { createServerGuard, type ServerGuardOptions } from '../../src/index.js'
import { guardedServer } from './guarded-server.js'

const one = { initialLimit: 1, maxLimit: 1, queue: 5, intervalMs: 10_000 }

/** A server whose handlers wait until the test lets them go, one by one. */
async function turnstile(options: ServerGuardOptions = {}) {
  const waiting: { url: string; release: () => void }[] = []
  const server = await guardedServer(
    async ({ url = '' }, response) => {
      await new Promise<void>((release) => waiting.push({ url, release }))
      response.end('done')
    },
    { shedding: one, ...options },
  )
  return { ...server, waiting }
}

it('gives the slot to the most important who waits, and none to who has left', async () => {
  await using server = await turnstile()
  const { waiting } = server
  const leaving = new AbortController()
  const call = (path: string, priority: number, signal?: AbortSignal) =>
    fetch(`${server.url}${path}`, {
      headers: { 'x-watertight-priority': String(priority) },
      ...(signal === undefined ? {} : { signal }),
    }).then((response) => response.status)
  const calls = [call('/first', 0)]
  await expect.poll(() => waiting.length).toBe(1)
  calls.push(call('/low', -5))
  await expect.poll(() => server.guard.queued).toBe(1)
  calls.push(call('/high', 5))
  const left = call('/leaves', 9, leaving.signal).catch(() => 0)
  await expect.poll(() => server.guard.queued).toBe(3)
  leaving.abort()
  await left
  await expect.poll(() => server.guard.queued).toBe(2)
  for (let turn = 0; turn < 3; turn += 1) {
    await expect.poll(() => waiting.length).toBe(turn + 1)
    waiting[turn]?.release()
  }
  expect(await Promise.all(calls)).toEqual([200, 200, 200])
  expect(waiting.map(({ url }) => url)).toEqual(['/first', '/high', '/low'])
})

it('answers 504 to a caller whose time ran out in the queue', async () => {
  using clock = virtualClock()
  clock.install()
  await using server = await turnstile()
  const { waiting } = server
  const first = fetch(server.url)
  await expect.poll(() => waiting.length).toBe(1)
  const queued = fetch(server.url, { headers: { 'x-envoy-expected-rq-timeout-ms': '40' } })
  await expect.poll(() => server.guard.queued).toBe(1)
  await clock.advance(40)
  const late = await queued
  expect([late.status, await late.json()]).toMatchObject([504, { code: 'WT_DEADLINE_EXCEEDED' }])
  waiting[0]?.release()
  expect((await first).status).toBe(200)
})

it('neither limits nor counts what is exempt', async () => {
  await using server = await turnstile({ exempt: ({ url }) => url === '/events' })
  const { waiting } = server
  const calls = [fetch(`${server.url}/events`), fetch(`${server.url}/events`), fetch(`${server.url}/work`)]
  await expect.poll(() => waiting.length).toBe(3)
  for (const { release } of waiting) release()
  expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200, 200])
})

it('reports what a handler throws, and never lets half an answer look whole', async () => {
  const errors: unknown[] = []
  await using server = await guardedServer(
    ({ url }, response) => {
      if (url === '/half') response.write('half')
      throw new Error(`thrown at ${url}`)
    },
    { onError: (error) => errors.push(error) },
  )
  const whole = await fetch(`${server.url}/whole`)
  expect([whole.status, await whole.json()]).toMatchObject([500, { code: 'WT_HANDLER_FAILED' }])
  await expect(fetch(`${server.url}/half`).then((response) => response.text())).rejects.toThrow(
    /terminated|failed/,
  )
  expect(errors).toMatchObject([{ message: 'thrown at /whole' }, { message: 'thrown at /half' }])
})

it('gives no slot to a request whose caller has gone before the guard hears of it', async () => {
  const guard = createServerGuard({ shedding: { initialLimit: 1, maxLimit: 1 } })
  const leaving = new AbortController()
  let handled = 0
  const listener = guard.listener((_message, response) => {
    handled += 1
    response.end()
  })
  const server = createServer((message, response) => {
    if (message.url === '/late') {
      response.once('close', () => listener(message, response))
      leaving.abort()
    } else listener(message, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await fetch(`${url}/late`, { signal: leaving.signal }).catch(() => 'left')
  expect((await fetch(`${url}/`)).status).toBe(200)
  await expect.poll(() => guard.inFlight).toBe(0)
  expect(handled).toBe(1)
  server.close()
  server.closeAllConnections()
})
