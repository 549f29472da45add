import { type PerformanceEntry, PerformanceObserver, performance } from 'node:perf_hooks'
import { gzipSync } from 'node:zlib'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createFetch } from '../../src/index.js'

const body = 'x'.repeat(1_000)
const sent = gzipSync(body)
const server = createServer((request, response) => {
  if (request.url === '/moved') response.writeHead(302, { location: '/end' }).end()
  else response.writeHead(200, { 'content-encoding': 'gzip' }).end(sent)
})
let url = ''
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close().closeAllConnections())

it('appears in the timeline of the process as the fetch of the platform does', async () => {
  const entries: PerformanceEntry[] = []
  const observer = new PerformanceObserver((list) => entries.push(...list.getEntries()))
  observer.observe({ entryTypes: ['resource'] })
  const fetch = createFetch()
  expect(await (await fetch(`${url}/moved`)).text()).toBe(body)
  const silent = createFetch({ resourceTiming: false })
  await (await silent(`${url}/silent`)).text()
  const one = createFetch({ endpoints: url })
  await (await one('/one')).text()
  await (await fetch(`${url}/last`)).text()
  await expect.poll(() => entries.map(({ name }) => name)).toEqual([`${url}/moved`, `${url}/last`])
  observer.disconnect()
  performance.clearResourceTimings()
  const [moved, last] = entries.map((entry) => entry.toJSON() as Record<string, number>)
  expect(moved).toMatchObject({
    initiatorType: 'fetch',
    encodedBodySize: sent.length,
    decodedBodySize: body.length,
  })
  const inOrder = ['startTime', 'redirectEnd', 'fetchStart', 'requestStart', 'responseStart', 'responseEnd']
  const times = inOrder.map((name) => moved![name]!)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect([moved!['redirectStart'], last!['redirectStart']]).toEqual([moved!['startTime'], 0])
  await Promise.all([fetch, silent, one].map((each) => each.destroy()))
})
