import { describe, expect, it } from 'vitest'
import { readManifest } from '../reading/read-manifest.js'
import { type CallExplanation, explainCall } from './explain-call.js'
import { explainRoute } from './explain-route.js'
import { renderRoute } from './render-route.js'
import { renderExplanation } from './render-explanation.js'

const TEXT = `watertight: v1
system: shop
policies:
  standard:
    timeout: { attempt: 1s, total: 5s }
    retry: { attempts: 3 }
    breaker: { slowCalls: { over: 800ms } }
    answers: [503]
services:
  order:
    calls:
      payment: { policy: standard, fallback: { queue: charges-later } }
  payment:
    calls:
      bank: { policy: standard }
  bank: {}
`

function explain(from: string, to: string): CallExplanation {
  const { system, source } = readManifest(TEXT, 'watertight.yaml')
  if (system === undefined) throw new Error('the test document is not readable')
  return explainCall({ ...system, source }, { from, to })
}

describe('explain', () => {
  it('names each value with its origin', () => {
    const { values } = explain('order', 'payment')
    expect(values).toContainEqual({ name: 'timeout.attempt', value: '1s', origin: 'watertight.yaml:5' })
    expect(values).toContainEqual({ name: 'breaker.slowCalls.rate', value: '80%', origin: 'default' })
    expect(values).toContainEqual({ name: 'answers', value: '503', origin: 'watertight.yaml:8' })
    expect(values).toContainEqual({ name: 'bulkhead', value: 'off', origin: 'not set' })
  })

  it('counts the worst case in attempts and time', () => {
    // Three attempts of 1s and waits of 100ms and 200ms fit below the total of 5s.
    expect(explain('order', 'payment')).toMatchObject({
      attempts: { policy: 3, wire: 3, downstream: 9, busiest: 'bank', ways: 1 },
      longestMs: 3_300,
    })
  })

  it('says what each enforcement point cannot express', () => {
    const { limits } = explain('order', 'payment')
    expect(limits.process).toEqual([])
    expect(limits.sidecar.map(({ part }) => part)).toEqual(['fallback.queue'])
    expect(limits.mesh.map(({ part }) => part)).toEqual([
      'breaker.failureRate',
      'breaker.slowCalls',
      'answers',
      'fallback.queue',
    ])
  })

  it('offers the nearest name for a call that does not exist', () => {
    expect(() => explain('ordr', 'payment')).toThrow(
      'cannot explain ordr -> payment: there is no service ordr; did you mean order?',
    )
    expect(() => explain('order', 'bank')).toThrow('order does not call bank; allowed: payment')
  })

  it('reads well', () => {
    const lines = renderExplanation(explain('order', 'payment')).split('\n')
    expect(lines.slice(0, 9)).toEqual([
      'order -> payment',
      '  policy    standard',
      '  enforced  by the process (default)',
      '  fallback  queue charges-later',
      '  at worst  3 requests to payment',
      '            9 requests to bank',
      '            the caller waits 3.3s',
      '',
      '  values from watertight.yaml, by line',
    ])
    const coloured = renderExplanation(explain('order', 'payment'), { width: 60, colour: true }).split('\n')
    expect(coloured[0]).toBe('\u001b[1morder -> payment\u001b[0m')
  })

  it.each([60, 80])('fits %i columns, each origin whole', (width) => {
    const text = renderExplanation(explain('order', 'payment'), width === 80 ? {} : { width })
    const lines = text.split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width)
    expect(lines.filter((line) => / :\d+$/.test(line)).length).toBeGreaterThan(3)
    expect(lines.some((line) => /retry\.on +connect-failure/.test(line) && line.endsWith('default'))).toBe(
      true,
    )
  })

  it('says of an enforcement point that does not exist yet that it does not', () => {
    const lines = renderExplanation(explain('order', 'payment')).split('\n')
    expect(lines).toContain('  process   expresses all of it')
    expect(lines.join(' ')).toMatch(/ {2}sidecar {3}cannot express fallback.queue/)
    expect(lines.join(' ')).toMatch(/ {2}mesh {6}nothing writes its configuration yet/)
    expect(lines.filter((line) => /mesh.* expresses/.test(line))).toEqual([])
  })
})

it('says of the client in a process what only a proxy does, and of a mesh what no mesh does', () => {
  const text = `watertight: v1
system: shop
services:
  a: { calls: { b: { retry: { on: [unavailable], budget: { concurrency: 3 }, backoff: { pushback: 5s } }, bulkhead: { connections: 9, pending: 9 }, hashOn: ip, balance: ring-hash } } }
  b: {}
`
  const { system, source } = readManifest(text, 'watertight.yaml')
  const { limits } = explainCall({ ...system!, source }, { from: 'a', to: 'b' })
  expect(limits.process.map(({ part }) => part)).toEqual([
    'hashOn',
    'retry.on: a status of gRPC',
    'bulkhead.connections',
    'bulkhead.pending',
  ])
  expect(limits.sidecar).toEqual([])
  expect(limits.mesh.map(({ part }) => part)).toContain('retry.backoff.pushback')
})

describe('explain gateway ROUTE', () => {
  const GATEWAY = `watertight: v1
system: shop
policies: { standard: { timeout: { attempt: 1s, total: 5s }, retry: { attempts: 2 } } }
services: { order: { port: 7001, protocol: h2 }, next: {} }
gateway:
  limits: { idle: 5s, body: off }
  trust: [10.0.0.0/8]
  routes:
    - match: { path: /orders, headers: { x-user: ann } }
      to: order
      policy: standard
      mirror: { to: next }
      hashOn: { header: x-user }
      balance: ring-hash
    - { match: { path: /old }, redirect: { to: /new } }
`
  const routes = (path: string) => {
    const { system, source } = readManifest(GATEWAY, 'watertight.yaml')
    return explainRoute({ ...system!, source }, path)
  }

  it('names each value of route, policy, service and gateway with its origin', () => {
    const [route] = routes('/orders')
    expect(route).toMatchObject({
      position: 1,
      to: 'order',
      policy: 'standard',
      attempts: 2,
      longestMs: 2_100,
    })
    expect(route?.parts).toContainEqual({
      name: 'match.headers.x-user',
      value: 'ann',
      origin: 'watertight.yaml:9',
    })
    expect(route?.parts).toContainEqual({ name: 'mirror.share', value: '100%', origin: 'default' })
    expect(route?.values).toContainEqual({
      name: 'hashOn',
      value: 'header x-user',
      origin: 'watertight.yaml:13',
    })
    expect(route?.values).toContainEqual({ name: 'retry.attempts', value: '2', origin: 'watertight.yaml:3' })
    expect(route?.reach).toContainEqual({
      name: 'endpoints',
      value: '127.0.0.1:7001',
      origin: 'watertight.yaml:4',
    })
    expect(route?.reach).toContainEqual({ name: 'connections.idle', value: '4s', origin: 'default' })
    expect(route?.reach).toContainEqual({ name: 'callers', value: 'gateway', origin: 'default' })
    expect(route?.gateway).toContainEqual({ name: 'limits.body', value: 'off', origin: 'watertight.yaml:6' })
    expect(route?.gateway).toContainEqual({ name: 'limits.replayBody', value: '1MB', origin: 'default' })
    expect(route?.gateway).toContainEqual({ name: 'trust', value: '10.0.0.0/8', origin: 'watertight.yaml:7' })
  })

  it('reads well, also where the gateway answers itself', () => {
    const lines = renderRoute(routes('/orders')[0]!).split('\n')
    expect(lines.slice(0, 6)).toEqual([
      'gateway /orders -> order',
      '  route     1',
      '  policy    standard',
      '  at worst  2 requests to order',
      '            the caller waits 2.1s',
      '',
    ])
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(renderRoute(routes('/old')[0]!)).toContain(
      'gateway /old -> its own answer\n  route     2\n  answered  by the gateway',
    )
  })

  it('offers the nearest path', () => {
    expect(() => routes('/order')).toThrow('the gateway has no route /order; did you mean /orders?')
  })
})
