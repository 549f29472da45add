import { join } from 'node:path'
import type { EnvoyConfiguration, Json } from '@watertight/deploy'
import { parseAllDocuments } from 'yaml'
import type { Setup } from '../../src/drivers/driver.js'
import { pilotCluster } from './pilot-cluster.js'
import { type HttpRoute, pilotRoutes } from './pilot-route.js'

interface IstioObject {
  readonly kind: string
  readonly spec: {
    readonly http?: readonly HttpRoute[]
    readonly host?: string
    readonly trafficPolicy?: Record<string, unknown>
  }
}

const MANAGER =
  'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'

/**
 * What Istio's control plane makes of its objects for Envoy, as its documentation says it does (1.24 and later, by which
 * a 503 is no longer tried again where nothing is said): written from that alone, and from nothing of ours, so that what
 * ours does is seen beside what a mesh would do.
 */
export function pilotConfiguration({ istio = '', endpoints }: Setup, folder: string): EnvoyConfiguration {
  const objects = parseAllDocuments(istio).map((document) => document.toJS() as IstioObject)
  const routes = objects.flatMap(({ spec }) => spec.http ?? [])
  const rule = objects.find(({ kind }) => kind === 'DestinationRule')
  const subsets = new Set(
    routes.flatMap(({ route }) => route ?? []).map(({ destination }) => destination.subset),
  )
  const mirrors = new Set(routes.flatMap(({ mirror }) => mirror?.host ?? []))
  const apart = endpoints.filter(({ name }) => subsets.has(name) || mirrors.has(name))
  const callee = endpoints.filter((endpoint) => !apart.includes(endpoint))
  const clusters = [
    pilotCluster('callee', callee, rule?.spec.trafficPolicy),
    ...apart.map((endpoint) => pilotCluster(endpoint.name, [endpoint], undefined)),
  ]
  const sourceOf = (file: string): Json => ({
    path_config_source: { path: join(folder, 'current', file), watched_directory: { path: folder } },
    resource_api_version: 'V3',
  })
  return {
    bootstrap: {
      node: { id: 'pilot', cluster: 'conformance' },
      admin: { address: { socket_address: { address: '127.0.0.1', port_value: 0 } } },
      dynamic_resources: { cds_config: sourceOf('clusters.json'), lds_config: sourceOf('listeners.json') },
    },
    files: new Map([
      ['clusters.json', resources(clusters)],
      ['listeners.json', resources([listener(sourceOf('routes/gateway.json'))])],
      ['routes/gateway.json', resources([routeConfiguration(routes.flatMap(pilotRoutes))])],
    ]),
    report: [],
  }
}

function resources(all: readonly Json[]): Json {
  return { version_info: '1', resources: all }
}

function routeConfiguration(routes: readonly Json[]): Json {
  return {
    '@type': 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
    name: 'gateway',
    virtual_hosts: [{ name: '*', domains: ['*'], include_request_attempt_count: true, routes }],
  }
}

function listener(routes: Json): Json {
  const filter = (name: string, type: string): Json => ({
    name: `envoy.filters.http.${name}`,
    typed_config: { '@type': `type.googleapis.com/envoy.extensions.filters.http.${name}.v3.${type}` },
  })
  const manager = {
    '@type': MANAGER,
    stat_prefix: 'gateway',
    rds: { route_config_name: 'gateway', config_source: routes },
    http_filters: [filter('fault', 'HTTPFault'), filter('router', 'Router')],
    use_remote_address: true,
  }
  return {
    '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener',
    name: 'gateway',
    address: { socket_address: { address: '127.0.0.1', port_value: 0 } },
    filter_chains: [
      { filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }] },
    ],
  }
}
