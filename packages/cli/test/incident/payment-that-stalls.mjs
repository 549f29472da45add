// Charges each key once. GET /slow has its answers take five seconds, GET /quick ends that, GET /charges tells what was charged.
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const charges = new Set()
let delayMs = 0

async function charge(key, response) {
  await sleep(delayMs)
  charges.add(key)
  response.writeHead(201).end('charged')
}

const server = createServer((request, response) => {
  request.resume()
  if (request.method === 'POST') return void charge(request.headers['idempotency-key'], response)
  if (request.url === '/slow') delayMs = 5_000
  if (request.url === '/quick') delayMs = 0
  return response.end(JSON.stringify([...charges]))
})
server.listen(process.env.PORT, '127.0.0.1')
process.on('SIGTERM', () => server.close(() => process.exit(0)))
