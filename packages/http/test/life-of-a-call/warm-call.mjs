// Makes one warm call under a profiler and prints the files of this repository that it entered, one JSON list.
import { createServer } from 'node:http'
import { once } from 'node:events'
import { Session } from 'node:inspector/promises'
import { createClient } from '@watertight/http'
import { defineSystem } from '@watertight/manifest'

const server = createServer((request, response) => {
  request.resume()
  response.setHeader('content-type', 'application/json').end('{}')
})
await once(server.listen(0, '127.0.0.1'), 'listening')

const system = defineSystem({
  watertight: 'v1',
  system: 'orders',
  policies: {
    standard: {
      timeout: { connect: '1s', attempt: '1s', total: '3s' },
      retry: { attempts: 3, on: ['5xx', 'connect-failure', 'reset'] },
      breaker: { window: { calls: 100 }, failureRate: '50%', openFor: '30s' },
      bulkhead: { concurrency: 10, queue: 10 },
    },
  },
  services: {
    order: {
      calls: { payment: { policy: 'standard', operations: { 'POST /charges': { idempotent: 'by-key' } } } },
    },
    payment: {},
  },
})
const client = createClient(system, {
  service: 'order',
  endpoints: { payment: `http://127.0.0.1:${server.address().port}` },
})

async function call() {
  const headers = { 'idempotency-key': 'k' }
  const response = await client.payment.fetch('/charges', { method: 'POST', body: '{}', headers })
  await response.json()
}

for (let calls = 0; calls < 20; calls++) await call()
const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
await session.post('Profiler.takePreciseCoverage')
await call()
const { result } = await session.post('Profiler.takePreciseCoverage')

let functions = 0
const files = result.flatMap(({ url, functions: seen }) => {
  const file = /\/packages\/(\w+)\/dist\/(.*)\.js$/.exec(url)
  // The first of a file is the file itself, which ran when it was loaded.
  const entered = seen.filter(({ ranges: [{ count, startOffset }] }) => count > 0 && startOffset > 0)
  if (file === null || entered.length === 0) return []
  functions += entered.length
  return [`${file[1]}/${file[2]}`]
})
console.log(JSON.stringify({ files, functions }))
await client.destroy()
server.close().closeAllConnections()
