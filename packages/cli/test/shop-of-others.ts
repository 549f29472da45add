/** Not one of them knows of the product: plain Node, and Python behind sidecars. */
export const shopOfOthers = (gateway: number): Record<string, string> => ({
  'watertight.yaml': `watertight: v1
system: shop
policies:
  standard: { timeout: { attempt: 2s, total: 10s }, retry: { attempts: 4, on: [connect-failure, reset, 5xx], backoff: { initial: 100ms } } }
services:
  order:
    run: node order.mjs
    health: { ready: /readyz }
    calls: { tax: { policy: standard, enforce: sidecar, operations: { GET /rate: { idempotent: true } } } }
  tax:
    run: python3 -u tax.py
    scale: { min: 2 }
    health: { live: /healthz }
gateway:
  listen: { port: ${gateway} }
  routes: [{ match: { path: / }, to: order, policy: standard }]
`,
  'order.mjs': `
import { createServer, get } from 'node:http'
const server = createServer((request, response) => {
  if (request.url === '/readyz') return response.end()
  get(process.env.TAX_URL + '/rate', (answer) => answer.setEncoding('utf8').on('data', (rate) => response.end('at ' + rate)))
    .on('error', (error) => response.writeHead(500).end(String(error)))
})
server.listen(process.env.PORT, '127.0.0.1', () => console.log('order listens'))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
`,
  'tax.py': `
import http.server, os, signal, sys
class Tax(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = os.environ['WATERTIGHT_INSTANCE'].encode()
        self.send_response(200)
        self.send_header('content-length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *words):
        pass
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
http.server.ThreadingHTTPServer(('127.0.0.1', int(os.environ['PORT'])), Tax).serve_forever()
`,
})
