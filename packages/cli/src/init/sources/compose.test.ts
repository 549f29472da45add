import { describe, expect, it } from 'vitest'
import { composeServices } from './compose.js'

const read = (services: object): object[] => composeServices({ services })

describe('a service of Compose', () => {
  it('has the port that others reach, in every way of writing it', () => {
    const ports = [['8080:80'], ['127.0.0.1:8080:80/tcp'], [80], ['80'], [{ target: 80, published: 8080 }]]
    for (const list of ports) expect(read({ a: { ports: list } })).toMatchObject([{ port: 80 }])
    expect(read({ a: { expose: ['80'] } })).toMatchObject([{ port: 80 }])
    expect(read({ a: { ports: ['none'] } })[0]).not.toHaveProperty('port')
  })

  it('is called at the port of its protocol, and not at that of its page for people', () => {
    const image = 'rabbitmq:3-management'
    expect(read({ a: { image, ports: ['15672:15672', '5672:5672'] } })).toMatchObject([{ port: 5672 }])
    expect(read({ a: { image, ports: ['15672:15672'] } })[0]).not.toHaveProperty('port')
    expect(read({ a: { image: 'shop/a', ports: ['15672:80'] } })).toMatchObject([{ port: 80 }])
  })

  it('has the path of a healthcheck that asks over HTTP', () => {
    const test = ['CMD', 'curl', '-f', 'http://localhost:8080/healthz?full=1']
    expect(read({ a: { healthcheck: { test } } })).toMatchObject([{ live: '/healthz' }])
    const shell = 'wget -qO- http://localhost/live || exit 1'
    expect(read({ a: { healthcheck: { test: shell } } })).toMatchObject([{ live: '/live' }])
    expect(read({ a: { healthcheck: { test: 'pg_isready' } } })[0]).not.toHaveProperty('live')
    const root = ['CMD', 'curl', '-f', 'http://a:8761']
    expect(read({ a: { healthcheck: { test: root } } })).toMatchObject([{ live: '/' }])
  })

  it('has the path of a healthcheck that asks over HTTP without saying so', () => {
    const tests = [
      ['CMD-SHELL', 'curl --silent --fail localhost:8000/up || exit 1'],
      ['CMD', 'wget', '--spider', '-q', '127.0.0.1/up'],
      'curl -f "localhost:80/up"',
    ]
    for (const test of tests) expect(read({ a: { healthcheck: { test } } })).toMatchObject([{ live: '/up' }])
    for (const test of [
      'curl localhost:80',
      'echo localhost/up',
      'test -f /up',
      'curl x | grep localhost/up',
    ])
      expect(read({ a: { healthcheck: { test } } })[0]).not.toHaveProperty('live')
  })

  it('has no path of a healthcheck that asks another host', () => {
    const asks = (host: string): object => ({
      a: { hostname: 'own', healthcheck: { test: `curl -f http://${host}:80/up` } },
    })
    for (const host of ['a', 'own', '127.0.0.1', '[::1]', '$HOSTNAME', '${HOST}'])
      expect(read(asks(host))).toMatchObject([{ live: '/up' }])
    for (const host of ['payment', 'own.example', '10.0.0.7'])
      expect(read(asks(host))[0]).not.toHaveProperty('live')
  })

  it('is not called at a port of UDP, which is named, and by HTTP/2 where its port says so', () => {
    const ports = ['8125:8125/udp', { target: 53, protocol: 'udp' }]
    expect(read({ a: { ports } })[0]).not.toHaveProperty('port')
    expect(read({ a: { ports: [...ports, '80:80'] } })).toMatchObject([{ port: 80 }])
    for (const protocol of ['http2', 'h2c', 'grpc'])
      expect(read({ a: { ports: [{ target: 80, app_protocol: protocol }] } })).toMatchObject([
        { port: 80, protocol: 'h2' },
      ])
    expect(read({ a: { ports: [{ target: 80, app_protocol: 'http' }] } })[0]).not.toHaveProperty('protocol')
  })

  it('has replicas, a drain and, for Node, its command', () => {
    const service = { deploy: { replicas: 3 }, stop_grace_period: '20s', command: ['node', 'a.js'] }
    expect(read({ a: service })).toMatchObject([
      { replicasMin: 3, replicasMax: 3, drain: '20s', run: 'node a.js' },
    ])
    expect(read({ a: { command: 'python a.py' } })[0]).not.toHaveProperty('run')
  })

  it('calls what it depends on and what its environment names, each once', () => {
    const services = {
      order: {
        environment: ['PAYMENT_URL=http://payment:7002/charges', 'REDIS_HOST=cache', 'NOTE=payment'],
        depends_on: { payment: { condition: 'service_healthy' }, stock: {} },
      },
      payment: { environment: { BANK: 'bank:9000', SELF: 'http://payment/' } },
      web: { depends_on: ['order'], links: ['stock:s'] },
      stock: {},
      bank: {},
      cache: { image: 'redis:7' },
    }
    const calls = composeServices({ services }).map(({ name, calls: callees }) => [name, callees])
    expect(Object.fromEntries(calls)).toEqual({
      order: ['payment', 'stock', 'cache'],
      payment: ['bank'],
      web: ['order', 'stock'],
      stock: [],
      bank: [],
      cache: [],
    })
  })

  it('is known by its host name and by the aliases of its networks too', () => {
    const services = {
      a: { environment: { X: 'http://pay-host', Y: 'http://stock-alias' } },
      pay: { hostname: 'pay-host' },
      stock: { networks: { default: { aliases: ['stock-alias'] } } },
    }
    expect(read(services)).toMatchObject([{ calls: ['pay', 'stock'] }, {}, {}])
  })

  it('does not call a job that has to end first', () => {
    const order = { depends_on: { migrate: { condition: 'service_completed_successfully' } } }
    expect(read({ order, migrate: {} })).toMatchObject([{ calls: [] }, {}])
  })

  it.each([
    ['postgres:16', 'datastore'],
    ['docker.io/library/redis', 'datastore'],
    ['bitnami/kafka:3.9', 'datastore'],
    ['confluentinc/cp-kafka', 'datastore'],
    ['shop/redis-of-ours:1', 'service'],
    ['dynamodblocal', 'datastore'],
    ['otel/opentelemetry-collector-contrib:0.1', 'telemetry'],
    ['ghcr.io/jaegertracing/all-in-one', 'telemetry'],
    ['prom/prometheus@sha256:0', 'telemetry'],
    ['shop/order:1.2', 'service'],
    [undefined, 'service'],
  ])('with the image %s is of the kind %s', (image, kind) => {
    expect(read({ a: { image } })).toMatchObject([{ kind }])
  })

  it('that collects telemetry is known by its name where its image is built here', () => {
    const services = {
      'grafana-server': { build: '.' },
      'prometheus-server': { build: '.' },
      grafana: { build: '.' },
    }
    expect(read(services)).toMatchObject(Array.from({ length: 3 }, () => ({ kind: 'telemetry' })))
  })

  it('gets a name that the manifest allows', () => {
    expect(read({ My_Service: {} })).toMatchObject([{ name: 'my-service' }])
  })

  it('may hold anything: what cannot be read is left out', () => {
    const odd = {
      a: { ports: 'x', environment: 7, depends_on: [{}], deploy: [], healthcheck: null },
      b: null,
    }
    expect(read(odd)).toEqual([{ name: 'a', kind: 'service', calls: [] }])
  })
})
