import { describe, expect, it } from 'vitest'
import { callUnder, compiled, list, resource, routes } from './compiled.js'

const retry = { attempts: 3, on: ['5xx'] }

describe('a call', () => {
  it('without a policy has no retries, and neither the 15 s nor the limits that Envoy would have', () => {
    const configuration = compiled(callUnder({}))
    expect(routes(configuration)).toHaveLength(1)
    expect(routes(configuration)[0]!['route']).toMatchObject({
      timeout: '0s',
      retry_policy: { num_retries: 0, per_try_timeout: '60s' },
    })
    const [limits] = list(resource(configuration, 'clusters.json')['circuit_breakers']?.['thresholds'])
    expect(limits).toMatchObject({ max_connections: 4_294_967_295, max_retries: 4_294_967_295 })
    expect(resource(configuration, 'clusters.json')['outlier_detection']).toBeUndefined()
  })

  it('counts tries as Envoy counts further ones', () => {
    const [first] = routes(compiled(callUnder({ retry, timeout: { attempt: '1s', total: '3s' } })))
    expect(first!['route']).toMatchObject({
      timeout: '3s',
      retry_policy: { num_retries: 2, retry_on: '5xx', per_try_timeout: '1s' },
    })
  })

  it('repeats what may be repeated, and of all else what was never sent', () => {
    const operations = { 'POST /charges': { idempotent: 'by-key' }, 'GET /next/:id': { idempotent: false } }
    const all = routes(compiled(callUnder({ retry, operations })))
    const unsent = 'connect-failure,refused-stream,reset-before-request'
    expect(
      all.map(({ match, route }) => [
        match?.['safe_regex']?.['regex'] ?? match?.['prefix'],
        route?.['retry_policy']?.['retry_on'],
      ]),
    ).toEqual([
      ['/charges/?', '5xx'],
      ['/charges/?', unsent],
      ['/next/[^/]+/?', unsent],
      ['/', '5xx'],
      ['/', '5xx'],
      ['/', unsent],
    ])
  })

  it('that the process enforces passes as it is', () => {
    const configuration = compiled(callUnder({ enforce: 'process', retry, bulkhead: { concurrency: 1 } }))
    expect(routes(configuration)[0]!['route']).toEqual({
      cluster: 'payment',
      timeout: '0s',
      idle_timeout: '0s',
    })
    expect(configuration.report).toEqual([])
  })

  it('leaves the last endpoint, and as many as the share says', () => {
    const share = (count: number, maxEjected: string): unknown => {
      const document = callUnder({ ejection: { maxEjected } }) as { services: object }
      const endpoints = Array.from({ length: count }, (_, index) => `127.0.0.1:${7_001 + index}`)
      const services = { ...document.services, payment: { endpoints } }
      const cluster = resource(compiled({ ...document, services }), 'clusters.json')
      return cluster['outlier_detection']?.['max_ejection_percent']
    }
    expect([share(1, '100%'), share(3, '60%'), share(10, '30%'), share(4, '0%')]).toEqual([0, 34, 30, 0])
  })
})

describe('a gateway', () => {
  it('gives each host the routes that may take its requests, in their order', () => {
    const configuration = compiled(
      {
        watertight: 'v1',
        system: 'shop',
        services: { order: { port: 7001 }, admin: { port: 7002 } },
        gateway: {
          listen: { port: 8080 },
          routes: [
            { match: { path: '/a', hosts: ['admin.shop.example'] }, to: 'admin' },
            { match: { path: '/b', hosts: ['*.shop.example'] }, to: 'order' },
            { match: { path: '/c' }, to: 'order' },
          ],
        },
      },
      { posture: 'gateway' },
    )
    const hosts = list(resource(configuration, 'routes/gateway.json')['virtual_hosts'])
    expect(
      hosts.map(({ domains, routes: own }) => [
        domains,
        list(own).map(({ match }) => match?.['path_separated_prefix']),
      ]),
    ).toEqual([
      [['admin.shop.example'], ['/a', '/b', '/c']],
      [['*.shop.example'], ['/b', '/c']],
      [['*'], ['/c']],
    ])
  })
})

describe('what the document does not say', () => {
  it('is asked for', () => {
    const document = {
      watertight: 'v1',
      system: 'shop',
      services: { order: { calls: { payment: {} } }, payment: {} },
    }
    expect(() => compiled(document)).toThrow(
      'cannot compile for envoy: services.payment must have endpoints or a port, got neither',
    )
    expect(() => compiled(document, { outbound: {} })).toThrow(
      'services.order.sidecar.outbound must have a port for payment',
    )
    expect(() => compiled(document, { posture: { sidecar: 'ordre' } })).toThrow('did you mean order')
  })
})
