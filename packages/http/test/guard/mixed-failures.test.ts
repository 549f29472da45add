import { request as plainRequest } from 'node:http'
import { type Clock, seededRandom } from '@watertight/policy/testing'
import { expect, it } from 'vitest'
import type { GuardedHandler } from '../../src/index.js'
import { passingTime } from '../passing-time.js'
import { guardedServer } from './guarded-server.js'

const SLOTS = 4
const REQUESTS = 300
const CALLERS = 24
const SEED = 20_261

/** Time of the test, unless the signal comes first. */
function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(ms, resolve)
    const leave = (): void => {
      timer.cancel()
      reject(new Error('aborted'))
    }
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
  })
}

/** Answers, fails, hangs until its signal aborts, or breaks the connection, as the path says. */
const misbehaving =
  (clock: Clock): GuardedHandler =>
  async (message, response, { signal }) => {
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
        await sleep(clock, 2, signal)
        break
      case '/hangs':
        await sleep(clock, 60_000, signal)
        break
      default:
        for await (const chunk of message as AsyncIterable<Buffer>) if (chunk.length === 0) break
    }
    response.end('done')
  }

const paths = ['/', '/', '/waits', '/waits', '/throws', '/half', '/cut', '/hangs']

it(`gives every slot back after ${REQUESTS} mixed failures (seed ${SEED})`, async () => {
  using time = passingTime()
  const random = seededRandom(SEED)
  const shedding = { initialLimit: SLOTS, minLimit: SLOTS, maxLimit: SLOTS, queue: 8, intervalMs: 20 }
  await using server = await guardedServer(misbehaving(time.clock), {
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
      time.clock.setTimer(random() * 30, () => void request.destroy())
    })
  const calls = Array.from({ length: CALLERS }, async () => {
    while (left-- > 0) await call()
  })
  await time.during(Promise.all(calls))
  const isIdle = async (): Promise<void> => {
    await expect.poll(() => [server.guard.inFlight, server.guard.queued]).toEqual([0, 0])
  }
  await time.during(isIdle())
  const answers = Array.from({ length: SLOTS }, () => fetch(`${server.url}/waits`, { method: 'POST' }))
  const statuses = (await time.during(Promise.all(answers))).map(({ status }) => status)
  expect(statuses).toEqual(Array(SLOTS).fill(200))
  expect(server.guard.limit).toBe(SLOTS)
})
