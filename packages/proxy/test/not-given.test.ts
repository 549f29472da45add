import { readManifest, type SystemModel } from '@watertight/manifest'
import { expect, it } from 'vitest'
import type { Posture } from '../src/posture.js'
import { Proxy } from '../src/proxy.js'
import { closedAfterEach, gateway, gatewayModel, serveHttp } from './running-proxy.js'

const started = closedAfterEach()

const routed = (route: string, order: string = 'port: 1'): string => `watertight: v1
system: test
services: { order: { ${order} } }
gateway: { listen: { port: 1 }, routes: [{ match: { path: /x }, respond: { status: 200 } }, { match: { path: / }, to: order${route} }] }`

function sidecarModel(callee: string, call: string): SystemModel {
  const { system } = readManifest(
    `watertight: v1
system: test
enforce: sidecar
services: { order: { port: 1, calls: { db: { ${call} } } }, db: { port: 2, ${callee} } }`,
    'watertight.yaml',
  )
  return system!.model
}

const start = (model: SystemModel, posture: Posture): Proxy => new Proxy({ model, posture })
const sidecar: Posture = { kind: 'sidecar', service: 'order' }

it('refuses to run a fallback that keeps requests for later, and names the route and the mend', () => {
  const model = gatewayModel(routed(', fallback: { queue: orders-later }'))
  expect(() => start(model, { kind: 'gateway' })).toThrow(
    'cannot run a proxy: gateway.routes[1].fallback must be status or cache behind a proxy, which keeps no requests for later, got queue: orders-later; say enforce: process',
  )
})

it('refuses it of a sidecar, unless the process keeps them', () => {
  const fallback = 'fallback: { queue: later }'
  expect(() => start(sidecarModel('protocol: http1', fallback), sidecar)).toThrow(
    'services.order.calls.db.fallback must be',
  )
  const own = start(sidecarModel('protocol: http1', `enforce: process, ${fallback}`), sidecar)
  own.destroy()
})

it('refuses to speak HTTP to what speaks another protocol', () => {
  expect(() => start(sidecarModel('protocol: postgres', ''), sidecar)).toThrow(
    'services.order.calls.db must call a service of protocol http1 or h2, got db with postgres',
  )
})

it('refuses a change of the document that asks for it, and goes on by the former', async () => {
  const service = await started(serveHttp((_request, response) => response.end('ok')))
  const order = `port: ${service.port}`
  const proxy = await started(gateway(routed('', order)))
  const changed = gatewayModel(routed(', fallback: { queue: later }', order))
  await expect(proxy.proxy.reload(changed)).rejects.toThrow('got queue: later')
  expect((await fetch(`http://127.0.0.1:${proxy.port}/`)).status).toBe(200)
})
