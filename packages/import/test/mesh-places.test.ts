import { describe, expect, it } from 'vitest'
import type { Conversion } from '../src/convert.js'
import { importText, modelOf } from './examples.js'

const istio = (...objects: readonly string[]) => importText('istio', objects.join('---\n'), 'f.yml')

const allReasons = ({ unsupported }: Conversion): string[] => unsupported.map(({ reason }) => reason)

const object = (kind: string, name: string, spec: string): string =>
  `apiVersion: networking.istio.io/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec:\n${spec.replace(/^/gm, '  ')}\n`

const routes = object(
  'VirtualService',
  'shop',
  `hosts: ['*']
gateways: [outside]
http:
  - route:
      - { destination: { host: shop.example, subset: v1 }, weight: 90 }
      - { destination: { host: shop.example, subset: v2 }, weight: 10 }`,
)

const entry = object(
  'ServiceEntry',
  'shop',
  `hosts: [shop.example]
ports: [{ number: 80, name: http, protocol: HTTP }]
resolution: STATIC
endpoints:
  - { address: 10.0.0.1, labels: { version: one } }
  - { address: 10.0.0.2, ports: { http: 8080 }, labels: { version: two } }
  - { address: 'fd00::3', labels: { version: two } }`,
)

const rule = object(
  'DestinationRule',
  'shop',
  `host: shop.example
trafficPolicy:
  outlierDetection: { consecutive5xxErrors: 3 }
  loadBalancer: { simple: ROUND_ROBIN }
  connectionPool: { tcp: { connectTimeout: 200ms } }
subsets:
  - { name: v1, labels: { version: one } }
  - { name: v2, labels: { version: two } }`,
)

describe('a ServiceEntry', () => {
  const model = modelOf(istio(routes, entry, rule))
  const service = [...model.services.values()].find(({ endpoints }) => endpoints.length > 0)!
  const addresses = (list: typeof service.endpoints): string[] =>
    list.map(({ host, port }) => `${host}:${port}`)

  it('says where a service answers', () => {
    expect(addresses(service.endpoints)).toEqual(['10.0.0.1:80', '10.0.0.2:8080', 'fd00::3:80'])
  })

  it('gives each version the endpoints that bear the labels of its subset', () => {
    expect([...service.versions].map(([name, { endpoints }]) => [name, addresses(endpoints)])).toEqual([
      ['v1', ['10.0.0.1:80']],
      ['v2', ['10.0.0.2:8080', 'fd00::3:80']],
    ])
    expect([...model.routes[0]!.split]).toEqual([
      ['v1', 90],
      ['v2', 10],
    ])
  })

  it('without endpoints is looked up by its host', () => {
    const dns = object(
      'ServiceEntry',
      'bank',
      'hosts: [bank.example]\nports: [{ number: 443, targetPort: 8443, name: grpc, protocol: GRPC }]\nresolution: DNS\nlocation: MESH_EXTERNAL',
    )
    const conversion = istio(routes, dns)
    const [bank] = [...modelOf(conversion).services.values()].filter(
      ({ endpoints }) => endpoints[0]?.port === 8443,
    )
    expect([bank?.endpoints[0]?.host, bank?.protocol]).toEqual(['bank.example', 'h2'])
    expect(allReasons(conversion)).toContainEqual(expect.stringContaining('external: true'))
  })

  it.each([
    [
      'of what is no HTTP',
      'hosts: [db]\nports: [{ number: 5432, name: pg, protocol: TCP }]',
      'no port of HTTP',
    ],
    [
      'of a socket of a file',
      `hosts: [a]\nports: [{ number: 80, name: h, protocol: HTTP }]\nendpoints: [{ address: 'unix:///x' }]`,
      'no socket of a file',
    ],
    ['of many hosts', `hosts: ['*.example']\nports: [{ number: 80, name: h, protocol: HTTP }]`, 'one by one'],
  ])('%s is named', (_name, spec, reason) => {
    expect(allReasons(istio(routes, object('ServiceEntry', 'x', spec)))).toContainEqual(
      expect.stringContaining(reason),
    )
  })
})

describe('a Gateway', () => {
  const gateway = (servers: string): string =>
    object('Gateway', 'outside', `selector: { istio: ingress }\nservers: ${servers}`)

  it('says where the gateway listens', () => {
    const conversion = istio(
      routes,
      gateway("[{ port: { number: 8080, name: http, protocol: HTTP }, hosts: ['*'] }]"),
    )
    expect(modelOf(conversion).gateway.listen?.port).toBe(8080)
  })

  it('names the servers that one gateway has no port for', () => {
    const conversion = istio(
      routes,
      gateway(
        "[{ port: { number: 443, name: https, protocol: HTTPS }, hosts: ['*'], tls: { mode: SIMPLE } }, { port: { number: 80, name: http, protocol: HTTP }, hosts: ['*'] }]",
      ),
    )
    expect(modelOf(conversion).gateway.listen?.port).toBe(80)
    expect(allReasons(conversion)).toContainEqual(expect.stringContaining('one gateway with one port'))
  })
})

it('a DestinationRule holds for routes of the gateway, too, whichever comes first', () => {
  for (const objects of [
    [routes, rule],
    [rule, routes],
  ]) {
    const [route] = modelOf(istio(...objects)).routes
    expect(route?.policy).toMatchObject({
      balance: 'round-robin',
      ejection: { consecutiveFailures: 3, maxEjected: 0.1 },
      timeout: { connectMs: 200 },
    })
  }
})
