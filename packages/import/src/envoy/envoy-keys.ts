import { type KnownKeys, NOT_KNOWN, type Setting } from '../settings/setting.js'
import { clusterKeys } from './cluster-keys.js'
import { each } from './each.js'
import { type EnvoyResources, isA } from './envoy-resources.js'
import { routeConfigurationKeys } from './route-keys.js'

const inEnvoy = 'it changes Envoy itself, which goes away with it; nothing to do'
const control = 'what a control plane sends is not in this file: import its files'
const tls = 'certificates belong to gateway.listen.tls'
const callers = 'limits of connections from callers have no place in a manifest yet: keep them in Envoy'
const watched = 'requests are logged and counted by telemetry; nothing to do'
const trust = 'whose headers count is not said in a manifest yet: keep it in Envoy'
const paths = 'paths are matched as they are sent'
const notHttp = 'calls are HTTP here: leave other protocols to Envoy'
const filters = 'filters of Envoy have no place in a manifest: keep them there'

const httpManager: KnownKeys = {
  codecType: callers,
  statPrefix: watched,
  rds: control,
  scopedRoutes: control,
  routeConfig: routeConfigurationKeys,
  httpFilters: {
    name: filters,
    typedConfig: each('the router is what sends requests on, as the gateway does; nothing to do', [
      'dynamicStats',
      'startChildSpan',
      'upstreamLog',
      'upstreamLogOptions',
      'suppressEnvoyHeaders',
      'strictCheckHeaders',
      'respectExpectedRqTimeout',
      'suppressGrpcRequestFailureCodeStats',
      'upstreamHttpFilters',
      'rejectConnectRequestEarlyData',
    ]),
    configDiscovery: control,
    isOptional: filters,
    disabled: filters,
  },
  ...each(callers, [
    'commonHttpProtocolOptions',
    'httpProtocolOptions',
    'http1SafeMaxConnectionDuration',
    'http2ProtocolOptions',
    'http3ProtocolOptions',
    'maxRequestHeadersKb',
    'streamIdleTimeout',
    'streamFlushTimeout',
    'requestTimeout',
    'requestHeadersTimeout',
    'drainTimeout',
    'delayedCloseTimeout',
    'streamErrorOnInvalidHttpMessage',
    'upgradeConfigs',
    'proxy100Continue',
  ]),
  ...each(watched, [
    'tracing',
    'accessLog',
    'accessLogFlushInterval',
    'flushAccessLogOnNewRequest',
    'accessLogOptions',
    'generateRequestId',
    'preserveExternalRequestId',
    'alwaysSetRequestIdInResponse',
    'requestIdExtension',
    'proxyStatusConfig',
  ]),
  ...each(trust, [
    'useRemoteAddress',
    'xffNumTrustedHops',
    'originalIpDetectionExtensions',
    'internalAddressConfig',
    'skipXffAppend',
    'forwardClientCertDetails',
    'setCurrentClientCertDetails',
    'forwardClientCertMatcher',
    'representIpv4RemoteAddressAsIpv4MappedIpv6',
    'appendXForwardedPort',
    'addProxyProtocolConnectionState',
    'forwardProtoConfig',
  ]),
  ...each(paths, [
    'normalizePath',
    'mergeSlashes',
    'pathWithEscapedSlashesAction',
    'pathNormalizationOptions',
    'stripMatchingHostPort',
    'stripAnyHostPort',
    'stripTrailingHostDot',
    'schemeHeaderTransformation',
    'typedHeaderValidationConfig',
  ]),
  ...each('the gateway that you have sets headers of its own: keep it there', [
    'addUserAgent',
    'serverName',
    'serverHeaderTransformation',
    'via',
    'earlyHeaderMutationExtensions',
    'appendLocalOverload',
  ]),
  localReplyConfig: 'a refusal of the gateway has one form here; answer others with a fallback',
}

const filterChain: KnownKeys = {
  name: inEnvoy,
  filterChainMatch: {
    serverNames: 'its virtual hosts have names of their own; nothing to do',
    '*': 'a gateway listens on one port, for everybody who reaches it',
  },
  filters: { name: inEnvoy, typedConfig: httpManager, configDiscovery: control },
  ...each(tls, ['transportSocket', 'transportSocketConnectTimeout', 'tlsContext', 'onDemandConfiguration']),
  ...each(inEnvoy, ['useProxyProto', 'metadata']),
}

const listenerKeys: KnownKeys = {
  name: 'a manifest has one gateway, which needs no name; nothing to do',
  address: 'write the port as gateway.listen.port',
  trafficDirection: 'it tells whose requests a listener takes; nothing to do',
  filterChains: filterChain,
  defaultFilterChain: filterChain,
  ...each(watched, ['statPrefix', 'accessLog']),
  ...each(callers, [
    'perConnectionBufferLimitBytes',
    'connectionBalanceConfig',
    'tcpBacklogSize',
    'drainType',
  ]),
  ...each('a gateway listens on one port, for everybody who reaches it', [
    'additionalAddresses',
    'filterChainMatcher',
    'useOriginalDst',
    'transparent',
    'freebind',
    'bindToPort',
    'internalListener',
    'apiListener',
    'udpListenerConfig',
  ]),
  ...each(inEnvoy, [
    'fcdsConfig',
    'metadata',
    'deprecatedV1',
    'listenerFilters',
    'listenerFiltersTimeout',
    'continueOnListenerFiltersTimeout',
    'socketOptions',
    'tcpFastOpenQueueLength',
    'reusePort',
    'enableReusePort',
    'maxConnectionsToAcceptPerSocketEvent',
    'enableMptcp',
    'ignoreGlobalConnLimit',
    'bypassOverloadManager',
    'tcpKeepalive',
  ]),
}

/** What a bootstrap may say. */
export const envoyKeys: KnownKeys = {
  node: inEnvoy,
  staticResources: { listeners: listenerKeys, clusters: clusterKeys, secrets: tls },
  dynamicResources: control,
  configSources: control,
  defaultConfigSource: control,
  hdsConfig: control,
  xdsDelegateExtension: control,
  xdsConfigTrackerExtension: control,
  grpcAsyncClientManagerConfig: control,
  overloadManager: 'how a service sheds load is an option of its server guard (`shedding`)',
  layeredRuntime: 'values that are changed while Envoy runs are followed by editing the manifest',
  runtime: 'values that are changed while Envoy runs are followed by editing the manifest',
  ...each(watched, [
    'admin',
    'statsSinks',
    'statsConfig',
    'deferredStatOptions',
    'statsFlushInterval',
    'statsFlushOnAdmin',
    'tracing',
    'perfTracingFilePath',
    'applicationLogConfig',
  ]),
  ...each(inEnvoy, [
    'nodeContextParams',
    'clusterManager',
    'flagsPath',
    'watchdog',
    'watchdogs',
    'enableDispatcherStats',
    'headerPrefix',
    'statsServerVersionOverride',
    'useTcpForDnsLookups',
    'dnsResolutionConfig',
    'typedDnsResolverConfig',
    'bootstrapExtensions',
    'fatalActions',
    'defaultSocketInterface',
    'certificateProviderInstances',
    'inlineHeaders',
    'defaultRegexEngine',
    'listenerManager',
    'memoryAllocatorManager',
  ]),
}

/** Says of everything that nobody has used why it is not in the manifest. */
export function declineUnused({ documents, listeners, clusters }: EnvoyResources): void {
  for (const document of documents) useTypes(document)
  for (const one of listeners) declineFilters(one)
  for (const cluster of clusters) {
    if (cluster.at('name')?.visited !== true)
      cluster.decline('no route for HTTP leads to this cluster; nothing to do')
  }
  for (const document of documents) {
    if (document.at('resources') === undefined) {
      document.declineRest(keysOf(document) ?? envoyKeys)
      continue
    }
    for (const { key } of document.entries) {
      if (key !== 'resources')
        document.at(key)?.decline('it describes one answer of a control plane; nothing to do')
    }
    for (const resource of document.at('resources')?.items ?? []) {
      const keys = keysOf(resource)
      if (keys === undefined)
        resource.decline(
          'listeners, routes and clusters are imported; describe the rest in the manifest by hand',
        )
      else resource.declineRest(keys)
    }
  }
}

/** The type of a message says how it is read, which is done by now. */
function useTypes(at: Setting): void {
  at.at('@type')?.use()
  for (const below of [...at.entries, ...at.items]) useTypes(below)
}

function keysOf(resource: Setting): Parameters<Setting['declineRest']>[0] {
  if (isA(resource, 'Cluster')) return clusterKeys
  if (isA(resource, 'Listener')) return listenerKeys
  return isA(resource, 'RouteConfiguration') ? routeConfigurationKeys : undefined
}

const filterReasons: readonly (readonly [RegExp, string])[] = [
  [/\bfault\b/, 'faults are experiments: write one under chaos'],
  [
    /ratelimit|rate_limit/,
    'write rateLimit under the routes: it counts all callers together, not each by its key',
  ],
  [/cors/, 'write cors under the routes'],
  [
    /adaptive_concurrency/,
    'write adaptiveLimit under the routes: it is found by latency and failures, for the tries of one callee, and never lets but a few calls pass to measure',
  ],
  [
    /admission_control/,
    'write shedding of the service: it refuses what the process cannot bear, the least important first',
  ],
  [/health_check/, 'the document names the probe of a service: write its path as health.ready'],
  [/tcp_proxy|redis|mongo|mysql|postgres|kafka|thrift|dubbo/, notHttp],
]

/** Filters are told one by one: each changes what Envoy does in a way of its own. */
function declineFilters(listener: Setting): void {
  const chains = [...(listener.at('filterChains')?.items ?? []), listener.at('defaultFilterChain')]
  const all = chains.flatMap((chain) => chain?.at('filters')?.items ?? [])
  const [first] = all
  if (!all.some((filter) => isA(filter.at('typedConfig'), 'HttpConnectionManager')))
    return listener.decline(first === undefined ? notHttp : reasonOf(first))
  for (const filter of all) {
    const manager = filter.at('typedConfig')
    if (!isA(manager, 'HttpConnectionManager')) {
      filter.decline(reasonOf(filter))
      continue
    }
    filter.at('name')?.use()
    for (const http of manager?.at('httpFilters')?.items ?? []) {
      if (/router/i.test(http.at('name')?.text ?? '')) http.at('name')?.use()
      else http.decline(reasonOf(http))
    }
  }
}

function reasonOf(filter: Setting): string {
  const name =
    `${filter.at('name')?.text ?? ''} ${filter.at('typedConfig', '@type')?.text ?? ''}`.toLowerCase()
  if (name.trim() === '') return NOT_KNOWN
  return filterReasons.find(([pattern]) => pattern.test(name))?.[1] ?? filters
}
