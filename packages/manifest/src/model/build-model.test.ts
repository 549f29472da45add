import { expect, it } from 'vitest'
import { readManifest } from '../reading/read-manifest.js'
import { formatOrigin } from './origin.js'

const TEXT = `watertight: v1
system: orders
policies:
  standard:
    timeout: { attempt: 1s, total: 3s }
    retry: { attempts: 2 }
    breaker: {}
  patient:
    extends: standard
    timeout: { attempt: 5s, total: 12s }
    breaker: off
services:
  order:
    calls:
      payment: { policy: patient, retry: { attempts: 4 }, mode: observe, enforce: sidecar }
      stock: { policy: standard }
      mail: { policy: standard }
  payment: {}
  stock: {}
  mail: {}
`

function call(to: string) {
  const { system, source } = readManifest(TEXT, 'watertight.yaml')
  const found = system?.graph.call('order', to)
  if (found === undefined) throw new Error(`the test document has no call to ${to}`)
  const origin = (name: string): string => {
    const at = found.policy.origins.get(name)
    return at === undefined ? 'not set' : formatOrigin(at, source)
  }
  return { found, origin }
}

it('takes each value from the nearest place that sets it, and remembers the line', () => {
  const { found, origin } = call('payment')
  expect(found.policy.retry?.attempts).toBe(4)
  expect(origin('retry.attempts')).toBe('watertight.yaml:15')
  expect(found.policy.timeout).toEqual({
    connectMs: 5_000,
    attemptMs: 5_000,
    totalMs: 12_000,
    idleMs: 30_000,
  })
  expect(origin('timeout.attempt')).toBe('watertight.yaml:10')
  expect(found.policy.retry?.backoff).toEqual({
    initialMs: 100,
    maxMs: 3_000,
    jitter: 'full',
    pushbackMs: 60_000,
  })
  expect(origin('retry.backoff.jitter')).toBe('default')
})

it('lets off remove what is inherited', () => {
  expect(call('stock').found.policy.breaker?.openForMs).toBe(30_000)
  expect(call('payment').found.policy.breaker).toBeUndefined()
  expect(call('payment').origin('breaker')).toBe('watertight.yaml:11')
})

it('keeps mode and enforcement of a call apart from those of its policy', () => {
  expect(call('payment').found).toMatchObject({ mode: 'observe', enforce: 'sidecar' })
  expect(call('stock').found).toMatchObject({ mode: 'enforce', enforce: 'process' })
})

it('shares one resolved policy between calls that override nothing', () => {
  const { system } = readManifest(TEXT, 'watertight.yaml')
  expect(system?.graph.call('order', 'stock')?.policy).toBe(system?.graph.call('order', 'mail')?.policy)
})

it('takes answers of the gateway for every route that does not say its own', () => {
  const { system, problems } = readManifest(
    `watertight: v1
system: shop
services: { order: {}, tax: {}, mail: {} }
gateway:
  timeout: { total: 5s }
  answers: [503]
  routes:
    - { match: { path: /orders }, to: order }
    - { match: { path: /tax }, to: tax, answers: [gateway-error] }
    - { match: { path: /mail }, to: mail, answers: off }
`,
    'watertight.yaml',
  )
  expect(problems).toEqual([])
  expect(system?.model.routes.map(({ policy }) => policy.answers)).toEqual([[503], ['gateway-error'], []])
  expect(system?.model.routes.map(({ policy }) => policy.timeout?.totalMs)).toEqual([5_000, 5_000, 5_000])
})

it('reads what a proxy adds to a policy, with defaults that make nothing void that is written', () => {
  const resolved = (sections: string) => {
    const text = `watertight: v1\nsystem: s\nservices: { a: { calls: { b: { ${sections} } } }, b: {} }\n`
    const { system, problems } = readManifest(text, 'watertight.yaml')
    expect(problems).toEqual([])
    return system!.graph.call('a', 'b')!.policy
  }
  const written = resolved(
    'timeout: { idle: 2m }, retry: { on: [unavailable, reset-before-request], budget: { concurrency: 3 }, backoff: { pushback: off } }, bulkhead: { connections: 100, pending: 50 }, ejection: { panic: 40% }, balance: ring-hash, hashOn: { header: X-User }',
  )
  expect(written.timeout?.idleMs).toBe(120_000)
  expect(written.retry?.backoff.pushbackMs).toBeUndefined()
  expect(written.retry?.budget).toEqual({ ratio: 0.2, minimum: 3, concurrency: 3 })
  expect(written.bulkhead).toMatchObject({ concurrency: 150, connections: 100, pending: 50 })
  expect(written.ejection?.panic).toBe(0.4)
  expect(written.hashOn).toEqual({ header: 'x-user' })
  const silent = resolved('retry: {}, bulkhead: {}, ejection: {}')
  expect(silent.retry).toMatchObject({ backoff: { pushbackMs: 60_000 }, budget: { concurrency: undefined } })
  expect(silent.bulkhead).toMatchObject({ concurrency: 10, connections: undefined, pending: undefined })
  expect([silent.ejection?.panic, silent.hashOn]).toEqual([undefined, undefined])
})
