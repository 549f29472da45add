import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import type { ImportError } from '../src/import-error.js'
import { exampleOf, importText, modelOf, reasonsOf } from './examples.js'

/** A bootstrap around routes and clusters. */
function bootstrap(
  virtualHosts: readonly object[],
  clusters: readonly object[],
  listener: object = {},
): string {
  const manager = {
    '@type':
      'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    route_config: { virtual_hosts: virtualHosts },
  }
  const filters = [{ name: 'http', typed_config: manager }]
  return stringify({
    static_resources: { listeners: [{ ...listener, filter_chains: [{ filters }] }], clusters },
  })
}

function everybody(routes: readonly object[]): object[] {
  return [{ domains: ['*'], routes }]
}

describe('the bootstrap of a front proxy', () => {
  const { text, file } = exampleOf('envoy')
  const conversion = importText('envoy', text, file)
  const model = modelOf(conversion)
  const policy = (name: string): NonNullable<ReturnType<typeof model.policies.get>> => {
    const found = model.policies.get(name)
    if (found === undefined) throw new Error(`there is no policy ${name}`)
    return found
  }

  it('becomes the policy of each cluster that HTTP goes to', () => {
    expect([...model.policies.keys()]).toEqual(['order', 'stock', 'shop'])
    expect(policy('order')).toMatchObject({
      timeout: { connectMs: 250, attemptMs: 1_000, totalMs: 4_000 },
      retry: {
        attempts: 4,
        on: ['5xx', 'reset', 429, 'attempt-timeout'],
        backoff: { initialMs: 100, maxMs: 800, jitter: 'full' },
        budget: { ratio: 0.25, minimum: 5 },
      },
      bulkhead: { concurrency: 100, connections: 200, pending: 20 },
      ejection: {
        consecutiveFailures: 3,
        intervalMs: 5_000,
        baseEjectionMs: 20_000,
        maxEjected: 0.4,
        panic: 0.5,
      },
      balance: 'least-request',
    })
  })

  it('has the defaults of Envoy where it says nothing', () => {
    expect(policy('shop')).toMatchObject({
      timeout: { connectMs: 1_000, totalMs: 15_000 },
      retry: undefined,
      bulkhead: { concurrency: 1_024, connections: 1_024, pending: 1_024 },
      ejection: undefined,
      balance: 'round-robin',
    })
    expect(policy('stock').retry?.budget).toMatchObject({ ratio: 1, concurrency: 3 })
    expect(policy('stock').ejection).toMatchObject({ consecutiveFailures: 3, maxEjected: 0.1 })
  })

  it('becomes the routes of the gateway, the most specific host first, whatever the order in the file', () => {
    expect(model.document.gateway?.listen?.port).toBe(10_000)
    expect(
      model.routes.map(({ to, match }) => [to, match.pathKind, match.path, match.methods, match.hosts]),
    ).toEqual([
      ['order', 'exact', '/orders', ['GET'], ['orders.example']],
      ['stock', 'segments', '/stock', [], ['orders.example']],
      ['shop', 'segments', '/', [], []],
    ])
    expect(model.routes.map((route) => route.policy.retry?.attempts)).toEqual([4, 2, 1])
  })

  it('names Envoy as the caller, and leaves databases alone', () => {
    expect(model.calls.map(({ from, to }) => `${from} > ${to}`)).toEqual([
      'front-proxy > order',
      'front-proxy > stock',
      'front-proxy > shop',
    ])
    expect(reasonsOf(conversion, 'clusters[3]')).toEqual([
      'no route for HTTP leads to this cluster; nothing to do',
    ])
  })

  it('says what of it has no equivalent', () => {
    expect(reasonsOf(conversion, 'retry_on')[0]).toContain('envoy-ratelimited has no equivalent')
    expect(reasonsOf(conversion, 'routes[2].match')[0]).toContain('it is left out')
    expect(reasonsOf(conversion, 'prefix_rewrite')).toHaveLength(1)
    expect(reasonsOf(conversion, 'thresholds[1]')[0]).toContain('these limits are lost')
  })
})

it('says how a service that is called by HTTP/2 is written', () => {
  const options = { explicit_http_config: { http2_protocol_options: {} } }
  const cluster = { name: 'a', typed_extension_protocol_options: { http: options } }
  const routes = everybody([{ match: { prefix: '/' }, route: { cluster: 'a' } }])
  const conversion = importText('envoy', bootstrap(routes, [cluster]))
  expect(conversion.unsupported.map(({ reason }) => reason).join()).toContain('write protocol: h2')
})

it('counts gateway failures only where they are enforced', () => {
  const detection = (more: object): object[] => [
    { name: 'a', outlier_detection: { consecutive_5xx: 9, consecutive_gateway_failure: 2, ...more } },
  ]
  const routes = everybody([{ match: { prefix: '/' }, route: { cluster: 'a' } }])
  const failures = (more: object): number | undefined =>
    modelOf(importText('envoy', bootstrap(routes, detection(more)))).policies.get('a')?.ejection
      ?.consecutiveFailures
  expect(failures({})).toBe(9)
  expect(failures({ enforcing_consecutive_gateway_failure: 100 })).toBe(2)
  expect(failures({ enforcing_consecutive_5xx: 0 })).toBeUndefined()
})

it('bounds what waits in silence, and panics when few endpoints are left, as Envoy does', () => {
  const routes = everybody([{ match: { prefix: '/' }, route: { cluster: 'a', idle_timeout: '20s' } }])
  const cluster = {
    name: 'a',
    outlier_detection: {},
    common_lb_config: { healthy_panic_threshold: { value: 30 } },
  }
  const policy = modelOf(importText('envoy', bootstrap(routes, [cluster]))).policies.get('a')
  expect(policy).toMatchObject({ timeout: { idleMs: 20_000 }, ejection: { panic: 0.3 } })
})

it('makes calls alone of what services send through it', () => {
  const text = bootstrap(
    everybody([{ match: { prefix: '/' }, route: { cluster: 'a', timeout: '2s' } }]),
    [{ name: 'a' }],
    { name: 'outgoing', traffic_direction: 'OUTBOUND' },
  )
  const conversion = importText('envoy', text, 'envoy.yaml', { service: 'order' })
  const model = modelOf(conversion)
  expect(model.routes).toEqual([])
  expect(model.calls).toMatchObject([{ from: 'order', to: 'a', policy: { timeout: { totalMs: 2_000 } } }])
  expect(reasonsOf(conversion, 'match.prefix')[0]).toContain('the calls alone are here')
})

it('gives no policy of HTTP to what another protocol goes to', () => {
  const udp = {
    listener_filters: [{ name: 'udp_proxy', typed_config: { '@type': 'v3.UdpProxyConfig', cluster: 'dns' } }],
  }
  const tcp = { filter_chains: [{ filters: [{ name: 'own', typed_config: { '@type': 'v3.Own' } }] }] }
  const clusters = [{ name: 'dns' }, { name: 'database' }]
  for (const listeners of [[udp], [tcp], [udp, tcp]]) {
    const conversion = importText('envoy', stringify({ static_resources: { listeners, clusters } }))
    expect(modelOf(conversion).calls).toEqual([])
    expect(reasonsOf(conversion, 'clusters[1]')).toHaveLength(1)
  }
})

it('takes every cluster for a callee where a control plane sends the routes', () => {
  const manager = { '@type': 'v3.HttpConnectionManager', rds: { route_config_name: 'all' } }
  const listeners = [{ filter_chains: [{ filters: [{ name: 'http', typed_config: manager }] }] }]
  const text = stringify({
    static_resources: { listeners, clusters: [{ name: 'a' }, { name: 'control' }] },
    dynamic_resources: { ads_config: { grpc_services: [{ envoy_grpc: { cluster_name: 'control' } }] } },
  })
  expect(modelOf(importText('envoy', text)).calls.map(({ to }) => to)).toEqual(['a'])
})

it('writes no route that would take more requests than it did', () => {
  const text = bootstrap(
    everybody([
      {
        match: { prefix: '/a', headers: [{ name: 'x-user', present_match: true }] },
        route: { cluster: 'a' },
      },
      { match: { prefix: '/b', query_parameters: [{ name: 'v' }] }, route: { cluster: 'a' } },
      { match: { path: '/c' }, route: { cluster: 'a' } },
    ]),
    [{ name: 'a' }],
  )
  expect(modelOf(importText('envoy', text)).routes.map(({ match }) => match.path)).toEqual(['/c'])
})

it('reads the JSON of protocol buffers, and files from which Envoy discovers', () => {
  const cluster = {
    '@type': 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
    name: 'a',
    connectTimeout: '0.25s',
  }
  const json = JSON.stringify({ versionInfo: '1', resources: [cluster] })
  const conversion = importText('envoy', json, 'cds.json')
  expect(modelOf(conversion).policies.get('a')?.timeout?.connectMs).toBe(250)
})

it('refuses what is no configuration of Envoy, and a dump with a hint', () => {
  expect(() => importText('envoy', 'kind: Service\n')).toThrow('a listener or a cluster of Envoy is needed')
  let hint: string | undefined
  try {
    importText('envoy', '{"configs":[]}')
  } catch (error) {
    hint = (error as ImportError).hint
  }
  expect(hint).toContain('/config_dump')
})
