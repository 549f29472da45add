import { request as plainRequest } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '@watertight/policy/testing'
import { expect, it } from 'vitest'
import type { GuardedHandler } from '../../src/index.js'
import { guardedServer } from './guarded-server.js'

/** The machine may be busy with other tests. */
const PATIENCE = { timeout: 5_000 }

const SLOTS = 4
const REQUESTS = 1_500
const CALLERS = 24
const SEED = 20_261

/** Answers, fails, hangs until its signal aborts, or breaks the connection, as the path says. */
const misbehave: GuardedHandler = async (message, response, { signal }) => {
  switch (message.url ?? '') {
    case '/throws':
      throw new Error('thrown')
    case '/half':
      response.write('half')
      throw new Error('thrown half way')
    case '/cut':
      message.socket.destroy()
      return
    case '/waits':
      await sleep(2, undefined, { signal })
      break
    case '/hangs':
      await sleep(60_000, undefined, { signal, ref: false })
      break
    default:
      for await (const chunk of message as AsyncIterable<Buffer>) if (chunk.length === 0) break
  }
  response.end('done')
}

const paths = ['/', '/', '/waits', '/waits', '/throws', '/half', '/cut', '/hangs']

it(`gives every slot back after ${REQUESTS} mixed failures (seed ${SEED})`, async () => {
  const random = seededRandom(SEED)
  const shedding = { initialLimit: SLOTS, minLimit: SLOTS, maxLimit: SLOTS, queue: 8, intervalMs: 20 }
  await using server = await guardedServer(misbehave, {
    shedding,
    bodyBytesMax: 2_000,
    onError: () => undefined,
  })
  let left = REQUESTS
  /** One request that may be left by its caller at any moment; resolves however it ends. */
  const call = (): Promise<void> =>
    new Promise((resolve) => {
      const headers: Record<string, string> = { 'x-watertight-priority': String(Math.floor(random() * 5)) }
      if (random() < 0.5) headers['x-envoy-expected-rq-timeout-ms'] = String(Math.floor(random() * 20))
      const path = paths[Math.floor(random() * paths.length)] ?? '/'
      const request = plainRequest(`${server.url}${path}`, { method: 'POST', agent: false, headers })
      request.on('response', (answer) => answer.resume().on('error', () => undefined))
      request.on('error', () => undefined).on('close', resolve)
      for (let part = 0; part < random() * 4; part += 1) request.write('x'.repeat(900))
      if (random() < 0.8) request.end()
      setTimeout(() => request.destroy(), random() * 30)
    })
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      while (left-- > 0) await call()
    }),
  )
  await expect.poll(() => [server.guard.inFlight, server.guard.queued], PATIENCE).toEqual([0, 0])
  const answers = Array.from({ length: SLOTS }, () => fetch(`${server.url}/waits`, { method: 'POST' }))
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(SLOTS).fill(200))
  expect(server.guard.limit).toBe(SLOTS)
}, 30_000)
