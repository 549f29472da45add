import { springDuration } from '../settings/durations.js'
import type { KnownKeys, Setting } from '../settings/setting.js'
import { durationText, readDuration } from '../settings/read.js'
import { canonicalKeys } from '../resilience4j/resilience4j-keys.js'
import { Block } from '../writing/block.js'
import { type CloudRoute, readCloudRoute } from './cloud-route.js'
import { filterReason } from './filter-reason.js'

/** The gateway that a Spring Cloud Gateway is, by the settings of it. */
export type CloudGateway = Setting

const places = [
  ['spring', 'cloud', 'gateway'],
  ['spring', 'cloud', 'gateway', 'server', 'webflux'],
  ['spring', 'cloud', 'gateway', 'server', 'webmvc'],
  ['spring', 'cloud', 'gateway', 'mvc'],
]

export function cloudGateways(root: Setting): CloudGateway[] {
  return places.flatMap((keys) => root.at(...keys) ?? []).filter((at) => ownParts.some((part) => at.at(part)))
}

const ownParts = ['httpclient', 'routes', 'defaultfilters']

/** Writes time limits and routes into the manifest's gateway. */
export function writeCloudGateway(
  gateway: CloudGateway,
  into: Block,
  serviceOf: (name: string) => string,
): void {
  const client = gateway.at('httpclient')
  const timeout = limits(client)
  if (!timeout.empty && !into.has('timeout')) into.nest('timeout', timeout)
  const filters = gateway.at('defaultfilters')?.items ?? []
  const left = new Set<Setting>()
  const routes = (gateway.at('routes')?.items ?? []).flatMap((route) => {
    const read = readCloudRoute(route, filters, serviceOf)
    for (const one of read?.left ?? []) left.add(one)
    return read === undefined ? [] : [read]
  })
  for (const one of left) one.decline(filterReason(one))
  if (routes.length === 0) return
  if (!into.has('timeout') && routes.some(({ hasLimit }) => !hasLimit))
    into.nest(
      'timeout',
      new Block().put(
        'total',
        '30s',
        'the gateway has no limit here, and a call needs one: measure, and lower it',
      ),
    )
  into.list(
    'routes',
    routes.map(({ block }: CloudRoute) => block),
  )
}

function limits(client: Setting | undefined): Block {
  const block = new Block()
  const connect = readDuration(client?.at('connecttimeout'), springDuration)
  if (connect !== undefined && connect.value > 0)
    block.from('connect', durationText(connect.value), connect.from)
  const response = readDuration(client?.at('responsetimeout'), springDuration)
  if (response !== undefined && response.value > 0)
    block.from('attempt', durationText(response.value), response.from)
  return block
}

const connections = 'how connections are kept is up to the gateway; nothing to do'
const elsewhere = 'not a time limit, a retry or a route; it stays where it is'

const httpclient: KnownKeys = canonicalKeys({
  connectTimeout: 'another gateway of the same text has a limit already: keep the one you mean',
  responseTimeout: 'another gateway of the same text has a limit already: keep the one you mean',
  pool: connections,
  ssl: 'certificates belong to gateway.listen.tls and to mesh.mutualTls',
  '*': elsewhere,
})

const filter =
  'a filter that a route of a manifest has no equivalent for: keep the gateway that you have, or do it in the service'
const routeKeys: KnownKeys = canonicalKeys({
  id: 'routes have no names of their own here; nothing to do',
  uri: 'a service must stand there, such as lb://payment',
  order: 'routes are taken in the order in which they stand: sort them',
  predicates: 'a condition that decides over this route is not one of Path, Method and Host',
  filters: filter,
  metadata: 'metadata of a route beside its time limits has no place in a manifest',
  enabled: 'a route that is off is left out',
})

const ownKeys = {
  httpclient,
  routes: routeKeys,
  defaultFilters: filter,
  globalcors: 'write cors under each route that pages of other origins may call',
  discovery: 'services are named in the manifest; nothing to do',
  metrics: 'telemetry has metrics for every policy; nothing to do',
}

/** What stands below `spring.cloud.gateway`. */
export const gatewayKeys: KnownKeys = canonicalKeys({
  ...ownKeys,
  server: canonicalKeys({
    webflux: canonicalKeys({ ...ownKeys, '*': elsewhere }),
    webmvc: canonicalKeys({ ...ownKeys, '*': elsewhere }),
    '*': elsewhere,
  }),
  mvc: canonicalKeys({ ...ownKeys, '*': elsewhere }),
  '*': elsewhere,
})
