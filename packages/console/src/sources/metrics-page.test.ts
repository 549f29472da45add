import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished, expect, test, vi } from 'vitest'
import { MetricsPage, type PageOwner } from './metrics-page.js'

const METRICS = 'watertight_server_in_flight{service="tax"} 0\n'

/** A process that answers so, and the source that reads its metrics. */
async function pageOf(owner: PageOwner, answer: (response: ServerResponse) => void): Promise<MetricsPage> {
  const server = createServer((_request, response) => answer(response)).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const page = new MetricsPage({
    instance: 'tax',
    service: 'tax',
    owner,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    everyMs: 10,
    deadlineMs: 5_000,
    windowMs: 10_000,
    onChange: () => {},
  })
  onTestFinished(() => {
    page.source.close()
    server.closeAllConnections()
    server.close()
  })
  await page.source.start()
  return page
}

const answering = (status: number) => (response: ServerResponse) => {
  response.statusCode = status
  response.end(status === 200 ? METRICS : '')
}

test.each([404, 405, 501])(
  'a service that has never shown metrics, and answers %d, is in no trouble',
  async (status) => {
    const { source } = await pageOf('service', answering(status))
    const reason = `it shows no metrics of its own (GET /metrics answers ${status})`
    expect(source.stand).toMatchObject({ state: 'absent', reason, answeredAt: null })
    expect(source.told).toEqual({ known: false, source: 'metrics of tax', reason })
  },
)

test('a service that shows metrics later is read from then on, and one that has lost them is in trouble', async () => {
  let status = 404
  const { source } = await pageOf('service', (response) => answering(status)(response))
  expect(source.stand.state).toBe('absent')
  status = 200
  await vi.waitFor(() => expect(source.stand.state).toBe('ok'), { timeout: 20_000 })
  status = 404
  await vi.waitFor(() => expect(source.stand.state).toBe('failing'), { timeout: 20_000 })
  expect(source.stand.reason).toBe('GET /metrics answers 404')
})

test.each([
  ['service', 500],
  ['service', 403],
  ['sidecar', 404],
  ['any', 404],
] as const)('metrics of a %s that answers %d are in trouble', async (owner, status) => {
  const { source } = await pageOf(owner, answering(status))
  expect(source.stand).toMatchObject({ state: 'failing', reason: `GET /metrics answers ${status}` })
})
