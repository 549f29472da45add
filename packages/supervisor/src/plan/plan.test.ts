import { type EngineName, freePorts } from '@watertight/deploy'
import { readManifest, type SystemModel } from '@watertight/manifest'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { instancesOf } from './instances.js'
import { planPrograms } from './plan-programs.js'
import { runEngines } from './run-engines.js'
import { runDocument } from './run-document.js'
import type { EnginePorts, RunPorts } from './instance-ports.js'
import { PortTakenError, runPorts } from './run-ports.js'

const SHOP = `watertight: v1
system: shop
policies:
  standard: { timeout: { attempt: 1s, total: 3s } }
services:
  tax: { run: python3 tax.py, endpoints: ["tax.internal:80"] }
  payment:
    run: node payment.js
    scale: { min: 2 }
    drain: 5s
  legacy-stock: { external: true, endpoints: ["10.0.0.1:8080"] }
  order:
    run: node order.js
    health: { live: /healthz, ready: /readyz }
    calls:
      payment: { policy: standard }
      legacy-stock: { policy: standard }
      tax: { policy: standard, enforce: sidecar }
gateway:
  listen: { port: 8080 }
  routes:
    - { match: { path: / }, to: order, policy: standard }
`

function systemOf(text: string): SystemModel {
  const { system, problems } = readManifest(text, 'watertight.yaml')
  expect(problems).toEqual([])
  return (system as { model: SystemModel }).model
}

/** Ports that are easy to read: 1000 more for each process. */
function portsFor(names: readonly string[], outbound: Readonly<Record<string, number>> = {}): RunPorts {
  return {
    gateway: 8080,
    gatewayAdmin: 9000,
    stores: new Map([['shop', { port: 9001, admin: 9002 }]]),
    engines: new Map<EngineName, EnginePorts>([
      ['postgres', { port: 9003, admin: 9004 }],
      ['redis', { port: 9005, admin: 9006 }],
      ['jaeger', { port: 9007, admin: 9008, collector: 9009 }],
      ['alertmanager', { port: 9010, admin: 9011 }],
    ]),
    instances: new Map(
      names.map((name, index) => [
        name,
        {
          application: 1_001 + index * 1_000,
          inbound: 1_002 + index * 1_000,
          admin: 1_003 + index * 1_000,
          outbound: new Map(Object.entries(outbound)),
        },
      ]),
    ),
  }
}

function planned(text: string, tracesUrl?: string) {
  const system = systemOf(text)
  const instances = instancesOf(system)
  const ports = portsFor(
    instances.map(({ name }) => name),
    { tax: 7_001, payment: 7_002, 'legacy-stock': 7_003 },
  )
  return planPrograms({
    system,
    instances,
    ports: {
      ...ports,
      engines: new Map([...ports.engines].filter(([name]) => runEngines(system).includes(name))),
    },
    folder: '/shop',
    watertight: ['watertight'],
    places: {
      path: '/run',
      documentFor: (instance) => `/run/${instance ?? 'all'}.yaml`,
      dataFor: (instance) => `/run/data/${instance}`,
      storeFor: (store) => `/run/stores/${store}`,
      engineFor: (engine) => `/run/engines/${engine}`,
    },
    storePassword: 'secret',
    environment: {},
    tracesUrl,
  })
}

test('what runs is what the document says how to run: replicas, a sidecar where one is asked for, and the gateway', () => {
  expect(planned(SHOP).map(({ name, kind }) => [name, kind])).toEqual([
    ['gateway', 'gateway'],
    ['order', 'service'],
    ['order-sidecar', 'sidecar'],
    ['payment', 'service'],
    ['payment-2', 'service'],
    ['tax', 'service'],
  ])
})

test('callers are stopped before those that they call, and a circle stops nothing from being planned', () => {
  const circle = `watertight: v1
system: ring
services:
  a: { run: a, calls: { b: { timeout: { total: 1s } } } }
  b: { run: b, calls: { c: { timeout: { total: 1s } } } }
  c: { run: c, calls: { a: { timeout: { total: 1s } } } }
`
  expect(planned(circle).map(({ name }) => name)).toEqual(['a', 'b', 'c'])
})

test('a process is told its port, its document, and where it finds what it calls', () => {
  const order = planned(SHOP).find(({ name }) => name === 'order')
  expect(order).toMatchObject({ command: 'node order.js', folder: '/shop', drainMs: 20_000 })
  expect(order?.environment).toEqual({
    PORT: String(order?.port),
    WATERTIGHT_MANIFEST: '/run/order.yaml',
    WATERTIGHT_SERVICE: 'order',
    WATERTIGHT_INSTANCE: 'order',
    WATERTIGHT_DATA: '/run/data/order',
    PAYMENT_URL: 'http://127.0.0.1:7002',
    LEGACY_STOCK_URL: 'http://127.0.0.1:7003',
    TAX_URL: 'http://127.0.0.1:7001',
  })
  expect(order?.probe).toEqual({ kind: 'http', port: order?.port, ready: '/readyz', live: '/healthz' })
  expect(planned(SHOP).find(({ name }) => name === 'payment-2')?.drainMs).toBe(5_000)
})

test('where traces are taken, each process is told, its sidecar and the gateway too, and a store is not', () => {
  const told = planned(`${SHOP}stores: { shop: embedded }\n`, 'http://127.0.0.1:4717/v1/traces').map(
    ({ name, environment }) => [
      name,
      environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'],
      environment['OTEL_SERVICE_NAME'],
    ],
  )
  const url = 'http://127.0.0.1:4717/v1/traces'
  expect(told).toEqual([
    ['gateway', url, 'gateway'],
    ['order', url, 'order'],
    ['order-sidecar', url, 'order'],
    ['payment', url, 'payment'],
    ['payment-2', url, 'payment'],
    ['tax', url, 'tax'],
    ['shop-store', undefined, undefined],
  ])
})

test('without a sidecar a process finds the other process, or what the document says of a service of others', () => {
  const order = planned(SHOP.replace(', enforce: sidecar', '')).find(({ name }) => name === 'order')
  expect(order?.environment).toMatchObject({
    PAYMENT_URL: 'http://127.0.0.1:2002',
    LEGACY_STOCK_URL: 'http://10.0.0.1:8080',
  })
})

test('each version is a process of its own, which is told which it is', () => {
  const programs = planned(`watertight: v1
system: shop
services:
  order: { run: node order.js, versions: { stable: { port: 7001 }, canary: { port: 7011 } } }
`)
  expect(programs.map(({ name, environment }) => [name, environment['WATERTIGHT_VERSION']])).toEqual([
    ['order-stable', 'stable'],
    ['order-canary', 'canary'],
  ])
})

test('a worker that nobody calls, without port and health, is ready once it runs', () => {
  const [worker] = planned('watertight: v1\nsystem: s\nservices: { mailer: { run: node mailer.js } }\n')
  expect(worker?.probe).toEqual({ kind: 'none' })
})

test('the document of a run has the ports of the run, and comments of the one that people edit', () => {
  const system = systemOf(SHOP)
  const instances = instancesOf(system)
  const ports = portsFor(
    instances.map(({ name }) => name),
    { tax: 7_001 },
  )
  const text = `# how calls behave\n${SHOP}`
  const shared = runDocument(text, { system, instances, ports, folder: '/shop', storePassword: 'secret' })
  expect(shared).toContain('# how calls behave\n')
  const read = systemOf(shared)
  expect(read.services.get('payment')?.endpoints).toEqual([
    { host: '127.0.0.1', port: 2_002, tls: false },
    { host: '127.0.0.1', port: 3_002, tls: false },
  ])
  expect(read.services.get('tax')?.endpoints).toEqual([{ host: '127.0.0.1', port: 1_002, tls: false }])
  expect(read.services.get('order')).toMatchObject({ applicationPort: 4_001 })
  expect(read.services.get('legacy-stock')?.endpoints).toEqual([
    { host: '10.0.0.1', port: 8_080, tls: false },
  ])
  const own = systemOf(
    runDocument(text, { system, instances, ports, folder: '/shop', storePassword: 'secret' }, 'payment-2'),
  )
  expect(own.services.get('payment')?.endpoints).toEqual([{ host: '127.0.0.1', port: 3_002, tls: false }])
})

test('a store without a URL is a program of the run, ready before the service that keeps its data there is started', () => {
  const text = `watertight: v1
system: shop
services:
  order: { run: node order.js, store: shop }
  tax: { run: python3 tax.py }
stores: { shop: embedded, cache: "redis://cache:6379", legacy: { env: LEGACY_URL } }
`
  const programs = planned(text)
  expect(programs.map(({ name, kind, after }) => [name, kind, after])).toEqual([
    ['tax', 'service', []],
    ['order', 'service', ['shop-store']],
    ['shop-store', 'store', []],
  ])
  const url = 'postgres://postgres:secret@127.0.0.1:9001/postgres'
  expect(programs.map(({ environment }) => environment['WATERTIGHT_STORE'])).toEqual([
    undefined,
    url,
    undefined,
  ])
  const [, , store] = programs
  expect(store?.command).toEqual([
    'watertight',
    'store',
    '/run/stores/shop',
    '--port',
    '9001',
    '--admin',
    '9002',
  ])
  const system = systemOf(text)
  const instances = instancesOf(system)
  const ports = portsFor(instances.map(({ name }) => name))
  const read = systemOf(
    runDocument(text, { system, instances, ports, folder: '/shop', storePassword: 'secret' }),
  )
  expect([...read.stores.values()].map((one) => one.url)).toEqual([url, 'redis://cache:6379', undefined])
})

test('a store that is a real server without an address is a database of one that the run starts, before all services', () => {
  const text = `watertight: v1
system: shop
services:
  order: { run: node order.js, store: shop }
  payment: { run: node payment.js, store: payments, idempotency: { store: keys } }
stores: { shop: postgres, payments: postgres, keys: redis, far: "postgres://far/away" }
`
  const programs = planned(text)
  expect(programs.map(({ name, kind, after }) => [name, kind, after])).toEqual([
    ['payment', 'service', ['postgres', 'redis']],
    ['order', 'service', ['postgres', 'redis']],
    ['postgres', 'engine', []],
    ['redis', 'engine', []],
  ])
  const databases = ['--database', 'shop', '--database', 'payments']
  const ports = ['--port', '9003', '--admin', '9004']
  expect(programs[2]?.command).toEqual([
    'watertight',
    'engine',
    'postgres',
    '/run/engines/postgres',
    ...ports,
    ...databases,
  ])
  // Whoever can see the words of a process does not see this.
  expect(programs[2]?.environment).toEqual({ WATERTIGHT_STORE_PASSWORD: 'secret' })
  const system = systemOf(text)
  const instances = instancesOf(system)
  const options = { system, instances, ports: portsFor(instances.map(({ name }) => name)), folder: '/shop' }
  const read = systemOf(runDocument(text, { ...options, storePassword: 'secret' }))
  expect([...read.stores.values()].map(({ url }) => url)).toEqual([
    'postgres://postgres:secret@127.0.0.1:9003/shop',
    'postgres://postgres:secret@127.0.0.1:9003/payments',
    'redis://:secret@127.0.0.1:9005/0',
    'postgres://far/away',
  ])
})

test('a gateway that is an Envoy is told to send its spans as it can, to Jaeger or the console', () => {
  const tracesOfGateway = (text: string) => {
    const [gateway] = planned(text, 'http://127.0.0.1:4717/v1/traces')
    const { environment = {} } = gateway ?? {}
    return [
      environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'],
      environment['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'],
    ]
  }
  const onEnvoy = SHOP.replace('gateway:', 'gateway:\n  engine: envoy')
  expect(tracesOfGateway(onEnvoy)).toEqual(['http://127.0.0.1:4717/v1/traces', 'http/protobuf'])
  const traced = `${onEnvoy}monitoring: { traces: jaeger }\n`
  expect(tracesOfGateway(traced)).toEqual(['http://127.0.0.1:9009/v1/traces', 'http/protobuf'])
})

test('what watches the system is started with it: Jaeger takes the spans of all, and nobody sees the webhook', () => {
  const watched = `watertight: v1
system: shop
services: { order: { run: node order.js, objective: { availability: 99% } } }
monitoring: { metrics: prometheus, alerts: alertmanager, traces: jaeger, webhook: 'https://chat.example/secret' }
`
  const programs = planned(watched, 'http://127.0.0.1:4717/v1/traces')
  expect(programs.map(({ name, after }) => [name, after])).toEqual([
    ['order', ['jaeger', 'alertmanager', 'prometheus']],
    ['jaeger', []],
    ['alertmanager', []],
    ['prometheus', []],
  ])
  const [order, jaeger, alertmanager, prometheus] = programs
  expect(order?.environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']).toBe('http://127.0.0.1:9009/v1/traces')
  expect(jaeger?.command.slice(-2)).toEqual(['--collector', '9009'])
  expect(alertmanager?.environment['WATERTIGHT_ALERTS_WEBHOOK']).toBe('https://chat.example/secret')
  expect(alertmanager?.command).not.toContain('https://chat.example/secret')
  expect(prometheus?.command.slice(-4)).toEqual(['--run', '/run', '--alertmanager', '9010'])
})

test('a second copy of a system takes free ports in place of those that the document names', async () => {
  const [gateway = 0] = await freePorts(1)
  const system = systemOf(SHOP.replace('health: { live', 'port: 7001\n    health: { live'))
  const ports = await runPorts(system, instancesOf(system), undefined, { free: true, gateway })
  expect(ports.gateway).toBe(gateway)
  expect(ports.instances.get('order')?.inbound).not.toBe(7_001)
  expect((await runPorts(system, instancesOf(system), undefined, { gateway: 0 })).gateway).not.toBe(8_080)
})

const taken = createServer()
afterEach(() => taken.close())

test('ports that the document names are kept, others are free ones, and a taken one is told before anything starts', async () => {
  const [named = 0, gateway = 0] = await freePorts(2)
  const system = systemOf(
    SHOP.replace('health: { live', `port: ${named}\n    health: { live`).replace('8080 }', `${gateway} }`),
  )
  const instances = instancesOf(system)
  const ports = await runPorts(system, instances)
  expect(ports.instances.get('order')?.inbound).toBe(named)
  const all = [...ports.instances.values()].flatMap(({ application, inbound, admin, outbound }) => [
    ...new Set([application, inbound]),
    admin,
    ...outbound.values(),
  ])
  expect(new Set(all).size).toBe(all.length)
  taken.listen(named, '127.0.0.1')
  await once(taken, 'listening')
  await expect(runPorts(system, instances)).rejects.toThrow(PortTakenError)
  // One more replica takes nothing from those that run.
  const more = await runPorts(system, instancesOf(system, new Map([['payment', 3]])), ports)
  expect(more.instances.get('order')).toEqual(ports.instances.get('order'))
  expect(more.instances.get('payment-3')).toBeDefined()
})
