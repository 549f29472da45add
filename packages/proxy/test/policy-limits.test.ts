import { afterEach, expect, it } from 'vitest'
import type { ServerResponse } from 'node:http'
import { eventually, gatewayTo, type Running, serveHttp } from './running-proxy.js'

const running: Running[] = []
afterEach(() => {
  for (const one of running.splice(0)) one.close()
})
async function started<R extends Running>(promise: Promise<R>): Promise<R> {
  const one = await promise
  running.push(one)
  return one
}

it('runs no more further tries at one time than the document allows', async () => {
  const held: ServerResponse[] = []
  const upstream = await started(
    serveHttp((request, response) => {
      if (request.headers['x-envoy-attempt-count'] === '1') response.writeHead(503).end()
      else held.push(response)
    }),
  )
  const proxy = await started(
    gatewayTo(
      upstream.port,
      '{retry: { attempts: 2, on: [503], backoff: { initial: 1ms, max: 1ms }, budget: { concurrency: 1 } }}',
    ),
  )
  const call = async (): Promise<number> => (await fetch(`http://127.0.0.1:${proxy.port}/`)).status
  const first = call()
  await eventually(() => held.length === 1)
  expect(await call()).toBe(503)
  held[0]!.end()
  expect(await first).toBe(200)
  const third = call()
  await eventually(() => held.length === 2)
  held[1]!.end()
  expect(await third).toBe(200)
  expect(proxy.lines.map(({ attempts }) => attempts).toSorted()).toEqual([1, 2, 2])
})
