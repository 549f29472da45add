import { expect, it } from 'vitest'
import {
  closedAfterEach,
  destinationsOf,
  eventually,
  gatewayTo,
  type RunningProxy,
  serveHttp,
} from './running-proxy.js'

const started = closedAfterEach()

/** Answers `/slow` when it is told to, `/bad` with 503, and all else at once. */
async function observed(
  policy: string,
): Promise<{ proxy: RunningProxy; release: () => void; count: () => number }> {
  const waiting: (() => void)[] = []
  const service = await started(
    serveHttp((request, response) => {
      if (request.url === '/slow') waiting.push(() => response.end())
      else response.writeHead(request.url === '/bad' ? 503 : 200).end()
    }),
  )
  const proxy = await started(gatewayTo(service.port, `{mode: observe, ${policy}}`))
  return {
    proxy,
    release: () => {
      for (const answer of waiting.splice(0)) answer()
    },
    count: () => waiting.length,
  }
}

const get = async ({ port }: RunningProxy, path: string): Promise<number> =>
  (await fetch(`http://127.0.0.1:${port}${path}`)).status

const detailsOf = ({ lines }: RunningProxy): unknown[] => lines.map(({ detail }) => detail)

it('counts the calls that it would have refused, and names the policy in the access log', async () => {
  const { proxy, release, count } = await observed('bulkhead: { concurrency: 1, queue: 0 }, retry: off')
  const calls = [1, 2, 3].map(() => get(proxy, '/slow'))
  await eventually(() => count() === 3)
  release()
  expect(await Promise.all(calls)).toEqual([200, 200, 200])
  expect(
    detailsOf(proxy)
      .map(String)
      .toSorted((one, other) => one.localeCompare(other)),
  ).toEqual(['undefined', 'would have been refused by bulkhead', 'would have been refused by bulkhead'])
  expect(proxy.proxy.telemetry.expose().body).toMatch(/would_refuse_total{[^\n]*policy="bulkhead"[^\n]*} 2\n/)
})

it('counts what it would have cut off and tried again', async () => {
  const { proxy, release, count } = await observed(
    'timeout: { attempt: 300ms, total: 9s }, retry: { attempts: 3 }',
  )
  const slow = get(proxy, '/slow')
  await eventually(() => count() === 1)
  await new Promise((resolve) => setTimeout(resolve, 400))
  release()
  expect([await slow, await get(proxy, '/bad'), await get(proxy, '/')]).toEqual([200, 503, 200])
  expect(detailsOf(proxy).slice(0, 2)).toEqual([
    expect.stringContaining('timed out'),
    expect.stringContaining('tried again'),
  ])
  const { body } = proxy.proxy.telemetry.expose()
  expect(body).toMatch(/watertight_would_time_out_total{[^\n]*destination="up"[^\n]*} 1\n/)
  expect(body).toMatch(/watertight_would_retry_total{[^\n]*destination="up"[^\n]*} 1\n/)
})

it('keeps what it has counted while the document changes', async () => {
  const { proxy } = await observed('rateLimit: { limit: 1, per: 60s }')
  await get(proxy, '/')
  await get(proxy, '/')
  const [destination] = destinationsOf(proxy.proxy)
  const { settings } = destination!.state
  destination!.reconfigure({
    origins: destination!.endpoints.all.map(({ origin }) => origin),
    settings: { ...settings, rateLimit: { limit: 1, perMs: 50_000 } },
    connections: { connectionsMax: 9, connectionsInAll: 9, pendingMax: 9, idleMs: 1_000 },
  })
  await get(proxy, '/')
  expect(destination!.observations).toEqual({ refused: 2, timedOut: 0, retried: 0 })
})
