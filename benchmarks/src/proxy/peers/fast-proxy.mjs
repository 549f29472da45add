import { createServer } from 'node:http'
import fastProxy from 'fast-proxy'

const [port, upstream] = process.argv.slice(2).map(Number)
const proxies = fastProxy({
  base: `http://127.0.0.1:${upstream}`,
  undici: { connections: 256, pipelining: 1 },
})
createServer((request, response) => proxies.proxy(request, response, request.url, {})).listen(
  port,
  '127.0.0.1',
)
