import { OptionError } from '@watertight/policy'
import { describe, expect, it } from 'vitest'
import { MetricRegistry } from '../metrics/metric-registry.js'
import { createTelemetry, type ServiceTelemetry } from './telemetry.js'

/** Samples whose line begins so, without what they have in common. */
function samples(telemetry: ServiceTelemetry, name: string): string[] {
  return telemetry
    .expose()
    .body.split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .map((line) =>
      line.slice(name.length).replace('service="order",', '').replace('destination="payment",', ''),
    )
}

describe('calls', () => {
  it('are counted by route, outcome and status, and timed', () => {
    const telemetry = createTelemetry({ service: 'order' })
    const payment = telemetry.destination({ to: 'payment' })
    payment.finished('POST /charges', 'success', 201, 12.5)
    payment.finished('POST /charges', 'success', 201, 7.5)
    payment.finished('POST /charges', 'failure', 503, 1_000)
    payment.finished('POST /charges', 'refused', 0, 0)
    expect(samples(telemetry, 'watertight_client_requests_total')).toEqual([
      '{route="POST /charges",outcome="success",status="201"} 2',
      '{route="POST /charges",outcome="failure",status="503"} 1',
      '{route="POST /charges",outcome="refused",status="0"} 1',
    ])
    expect(samples(telemetry, 'watertight_client_request_duration_seconds_sum')).toEqual([
      '{route="POST /charges",outcome="success"} 0.02',
      '{route="POST /charges",outcome="failure"} 1',
      '{route="POST /charges",outcome="refused"} 0',
    ])
  })

  it('have buckets below the first 5 ms, where calls within a data centre lie', () => {
    const telemetry = createTelemetry({ service: 'order' })
    telemetry.destination({ to: 'payment' }).finished('GET /stock', 'success', 200, 0.4)
    const [first] = samples(telemetry, 'watertight_client_request_duration_seconds_bucket')
    expect(first).toBe('{route="GET /stock",outcome="success",le="0.0005"} 1')
  })

  it('are recorded under the names of the HTTP conventions too where that is asked for', () => {
    const telemetry = createTelemetry({ service: 'order', conventionalMetrics: true })
    const payment = telemetry.destination({ to: 'payment' })
    payment.finished('POST /charges', 'success', 201, 12.5)
    payment.finished('POST /charges', 'failure', 503, 1_000)
    payment.finished('BREW *', 'refused', 0, 0)
    const server = telemetry.server()
    server.started()
    server.finished('GET /orders/{id}', 'failure', 504, 20)
    expect(samples(telemetry, 'http_client_request_duration_seconds_count')).toEqual([
      '{server_address="payment",http_request_method="POST",http_response_status_code="201",url_template="/charges",error_type=""} 1',
      '{server_address="payment",http_request_method="POST",http_response_status_code="503",url_template="/charges",error_type="503"} 1',
      '{server_address="payment",http_request_method="_OTHER",http_response_status_code="",url_template="",error_type="refused"} 1',
    ])
    expect(samples(telemetry, 'http_server_request_duration_seconds_sum')).toEqual([
      '{http_request_method="GET",http_response_status_code="504",http_route="/orders/{id}",error_type="504"} 0.02',
    ])
    const plain = createTelemetry({ service: 'order' })
    plain.destination({ to: 'payment' }).finished('POST /charges', 'success', 201, 12.5)
    expect(plain.expose().body).not.toContain('http_client_request_duration_seconds')
  })

  it('tell no id of a path that a router handed on as it came, and count it with its like', () => {
    const telemetry = createTelemetry({ service: 'order' })
    const server = telemetry.server()
    const paths = [
      '0@mail.test',
      '17',
      'f47ac10b-58cc-4372-a567-0e02b2c3d479',
      '5f2a9c0d1e3b4a6f',
      'me%40mail',
    ]
    for (const id of paths) {
      server.started()
      server.finished(`GET /users/${id}/profile`, 'success', 200, 1)
    }
    for (const route of ['GET /v1/orders/{id}', 'GET /oauth2/token', 'GET /decade']) {
      server.started()
      server.finished(route, 'success', 200, 1)
    }
    expect(samples(telemetry, 'watertight_server_requests_total')).toEqual([
      '{route="GET /users/*/profile",outcome="success",status="200"} 5',
      '{route="GET /v1/orders/{id}",outcome="success",status="200"} 1',
      '{route="GET /oauth2/token",outcome="success",status="200"} 1',
      '{route="GET /decade",outcome="success",status="200"} 1',
    ])
  })

  it('count raw paths as one route, and odd statuses as none', () => {
    const telemetry = createTelemetry({ service: 'order', routesMax: 2 })
    const payment = telemetry.destination({ to: 'payment' })
    for (const route of ['GET /a', 'GET /b', 'GET /c', 'GET /d', `GET /${'x'.repeat(300)}`]) {
      payment.finished(route, 'success', 200, 1)
    }
    for (const status of [99, 600, 1.5, Number.NaN, -1]) payment.finished('GET /a', 'failure', status, 1)
    expect(samples(telemetry, 'watertight_client_requests_total')).toEqual([
      '{route="GET /a",outcome="success",status="200"} 1',
      '{route="GET /b",outcome="success",status="200"} 1',
      '{route="other",outcome="success",status="200"} 3',
      '{route="GET /a",outcome="failure",status="0"} 5',
    ])
  })

  it('count attempts by status or by code, and few codes', () => {
    const telemetry = createTelemetry({ service: 'order' })
    const payment = telemetry.destination({ to: 'payment' })
    payment.attempted(200, '', 1)
    for (let code = 0; code < 60; code++) payment.attempted(0, `E${code}`, 1)
    const counted = samples(telemetry, 'watertight_client_attempts_total')
    expect(counted.slice(0, 2)).toEqual(['{status="200",error=""} 1', '{status="0",error="E0"} 1'])
    expect(counted).toHaveLength(52)
    expect(counted.at(-1)).toBe('{status="0",error="other"} 10')
  })

  it('show an exemplar of the call that was traced', () => {
    const telemetry = createTelemetry({ service: 'order' })
    telemetry.destination({ to: 'payment' }).finished('GET /a', 'success', 200, 20, 'c'.repeat(32))
    expect(telemetry.expose('application/openmetrics-text').body).toMatch(
      new RegExp(`le="0.025"} 1 # {trace_id="${'c'.repeat(32)}"} 0.02 \\d`),
    )
  })

  it('count ejections, and how many endpoints are out', () => {
    const telemetry = createTelemetry({ service: 'order' })
    const payment = telemetry.destination({ to: 'payment' })
    payment.ejection('a:1', true)
    payment.ejection('b:1', true)
    payment.ejection('a:1', false)
    payment.ejection('never:1', false)
    expect(telemetry.expose().body).toContain(
      'watertight_client_ejections_total{service="order",destination="payment"} 2',
    )
    expect(telemetry.expose().body).toContain(
      'watertight_client_ejected_endpoints{service="order",destination="payment"} 1',
    )
  })
})

describe('requests', () => {
  it('are counted, timed, and known while they run', () => {
    const telemetry = createTelemetry({ service: 'order' })
    const server = telemetry.server()
    server.started()
    server.started()
    server.finished('GET /orders/{id}', 'success', 200, 5)
    expect(telemetry.expose().body).toContain('watertight_server_requests_in_flight{service="order"} 1')
    expect(samples(telemetry, 'watertight_server_requests_total')).toEqual([
      '{route="GET /orders/{id}",outcome="success",status="200"} 1',
    ])
  })

  it('stand behind a limit that is read at every scrape, the latest that was given', () => {
    const telemetry = createTelemetry({ service: 'order' })
    telemetry.server({ limit: 1, queued: 1 })
    const guard = { limit: 20, queued: 0 }
    telemetry.server(guard)
    guard.queued = 3
    expect(samples(telemetry, 'watertight_server_requests_limit')).toEqual(['{service="order"} 20'])
    expect(samples(telemetry, 'watertight_server_requests_queued')).toEqual(['{service="order"} 3'])
    guard.limit = Infinity
    expect(samples(telemetry, 'watertight_server_requests_limit')).toEqual(['{service="order"} +Inf'])
  })

  it('count for the objective, unless their caller gave up', () => {
    const objective = { availability: 0.99, latency: { p99Ms: 123 } }
    const telemetry = createTelemetry({ service: 'order', objective, now: () => 1_000 })
    const server = telemetry.server()
    server.finished('GET /a', 'success', 200, 100)
    server.finished('GET /a', 'success', 200, 200)
    server.finished('GET /a', 'failure', 500, 1)
    server.finished('GET /a', 'refused', 503, 1)
    server.finished('GET /a', 'aborted', 0, 900)
    const [availability, latency] = telemetry.objective?.budgets ?? []
    expect(availability?.burnRate(1_000, 300_000)).toBeCloseTo(0.5 / 0.01)
    expect(latency?.burnRate(1_000, 300_000)).toBeCloseTo(0.5 / 0.01)
    const { body } = telemetry.expose()
    expect(body, 'the limit is a bucket of its own').toContain('outcome="success",le="0.123"} 1')
    expect(body).toContain(
      'watertight_objective_burn_rate{service="order",objective="availability",window="5m"} 50\n',
    )
  })
})

it('two services of one process share a registry', () => {
  const registry = new MetricRegistry()
  for (const service of ['order', 'cart']) {
    createTelemetry({ service, registry }).server().finished('GET /a', 'success', 200, 1)
  }
  const { body } = registry.expose()
  expect(body).toContain('watertight_server_requests_total{service="order",')
  expect(body).toContain('watertight_server_requests_total{service="cart",')
  expect(body.match(/# TYPE watertight_server_requests_total/g)).toHaveLength(1)
})

it.each([
  [{ service: '' }, "cannot create telemetry: service must be a name, got ''"],
  [{ service: 'a', routesMax: 0 }, 'cannot create telemetry: routesMax must be an integer >= 1, got 0'],
  [{ service: 'a', objective: {} }, 'cannot create objective: availability must be given, or latency'],
])('refuses %o', (options, message) => {
  expect(() => createTelemetry(options)).toThrow(OptionError)
  expect(() => createTelemetry(options)).toThrow(message)
})
