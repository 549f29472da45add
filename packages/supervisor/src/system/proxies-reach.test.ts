import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Program } from '../plan/program.js'
import { proxiesReach } from './proxies-reach.js'

/** A proxy's admin listener that says one after the other, and then the last of them for ever. */
async function adminOf(...said: readonly string[]): Promise<{ readonly port: number; asked: number }> {
  const admin = { port: 0, asked: 0 }
  const server = createServer((_request, response) => {
    response.end(said[Math.min(admin.asked, said.length - 1)])
    admin.asked += 1
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  admin.port = (server.address() as AddressInfo).port
  return admin
}

function program(name: string, kind: Program['kind'], admin?: number): Program {
  const service = name.replace('-sidecar', '')
  const base = { command: 'true', folder: '.', environment: {}, port: 1, drainMs: 0, after: [] } as const
  return { ...base, name, kind, service, admin, probe: { kind: 'none' } }
}

const stand = (cluster: string, healthy: boolean) =>
  `${cluster}::http://127.0.0.1:7001::active::0\n${cluster}::http://127.0.0.1:7001::healthy::${healthy}\n`

test('the first request after a start is not turned away by a sidecar that has not heard of a service yet', async () => {
  const gateway = await adminOf(stand('order@stable', true))
  const sidecar = await adminOf(
    stand('payment#2', false),
    stand('payment#2', false),
    stand('payment#2', true),
  )
  const programs = [
    program('gateway', 'gateway', gateway.port),
    program('order', 'service'),
    program('order-sidecar', 'sidecar', sidecar.port),
    program('payment', 'service'),
  ]
  expect(await proxiesReach(programs)).toEqual([])
  expect([gateway.asked, sidecar.asked]).toEqual([1, 3])
})

test('a service that the run does not start is not waited for', async () => {
  const sidecar = await adminOf(stand('tax', false))
  const programs = [program('order', 'service'), program('order-sidecar', 'sidecar', sidecar.port)]
  expect(await proxiesReach(programs)).toEqual([])
})

test('a service that is never reached is named, once the limit is over', async () => {
  const sidecar = await adminOf(stand('payment', false))
  const programs = [program('order-sidecar', 'sidecar', sidecar.port), program('payment', 'service')]
  expect(await proxiesReach(programs, 120)).toEqual([{ proxy: 'order-sidecar', services: ['payment'] }])
})

test('a proxy that does not answer is left to who starts it again', async () => {
  const programs = [program('order-sidecar', 'sidecar', 1), program('payment', 'service')]
  expect(await proxiesReach(programs)).toEqual([])
})
