import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'
import { freePort } from '@watertight/deploy'
import { inFolder, PROGRAM } from './run-process.js'

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: object }[] }
    readonly scopeSpans: readonly {
      readonly spans: readonly { readonly traceId: string; readonly kind: number }[]
    }[]
  }[]
}

async function listening(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

it('sends its spans by OTLP to the collector that the environment names, the last of them before it ends', async () => {
  const exports: Export[] = []
  const collector = await listening((request, response) => {
    void json(request).then((body) => {
      if (request.url === '/v1/traces') exports.push(body as Export)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  const upstream = await listening((request, response) => response.end(request.headers['traceparent']))
  const port = await freePort()
  const manifest = `watertight: v1
system: shop
services: { order: { port: ${upstream} } }
gateway: { listen: { port: ${port}, host: 127.0.0.1 }, routes: [{ match: { path: / }, to: order }] }
`
  await inFolder({ 'watertight.yaml': manifest }, async (cwd) => {
    const child = spawn(process.execPath, [PROGRAM, 'proxy', '--gateway', '--workers', '1'], {
      cwd,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector}` },
    })
    await once(child.stdout, 'data')
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` }
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers })
    expect(await response.text()).toMatch(new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)`))
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
    const { resource, scopeSpans } = exports[0]!.resourceSpans[0]!
    expect(resource.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'gateway' } })
    const spans = scopeSpans.flatMap((scope) => scope.spans)
    expect(spans.map((span) => span.traceId)).toEqual([traceId, traceId, traceId])
    // Of the attempt (3), of the call (1) and of the request (2).
    expect(spans.map(({ kind }) => kind).toSorted((one, other) => one - other)).toEqual([1, 2, 3])
  })
})
