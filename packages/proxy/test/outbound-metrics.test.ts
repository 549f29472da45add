import { readManifest } from '@watertight/manifest'
import { expect, it } from 'vitest'
import { Proxy } from '../src/proxy.js'
import { closedAfterEach, eventually, serveHttp } from './running-proxy.js'

const started = closedAfterEach()

const text = (payment: number): string => `watertight: v1
system: shop
services:
  order: { port: 1, enforce: sidecar, calls: { payment: {} } }
  payment: { port: ${payment} }`

it('counts what a process asks for through its sidecar as a call of its service, and not as a request to it', async () => {
  const payment = await started(serveHttp((_request, response) => response.end('charged')))
  const { system } = readManifest(text(payment.port), 'watertight.yaml')
  const posture = { kind: 'sidecar', service: 'order' } as const
  const proxy = new Proxy({ model: system!.model, posture, adminPort: 0 })
  await proxy.listen()
  const portOf = (wanted: string): number => proxy.ports.find(({ name }) => name === wanted)!.port
  await started(Promise.resolve({ port: portOf('payment'), close: () => proxy.destroy() }))
  const fetched = await fetch(`http://127.0.0.1:${portOf('payment')}/charges`)
  expect(await fetched.text()).toBe('charged')
  const metrics = async (): Promise<string> =>
    await (await fetch(`http://127.0.0.1:${portOf('admin')}/stats/prometheus`)).text()
  await eventually(async () => /client_requests_total\{[^}]*"payment"[^}]*\} 1/.test(await metrics()))
  expect(await metrics()).not.toMatch(/server_requests_total\{[^}]*\} [1-9]/)
})
