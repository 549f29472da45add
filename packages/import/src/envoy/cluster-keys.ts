import type { KnownKeys } from '../settings/setting.js'
import { each } from './each.js'

const endpoints = 'where a callee listens is given to the client or the gateway, as its endpoints'
const names = 'where names lead is found by the system or by `resolve` of the client; nothing to do'
const http2 =
  'where it makes HTTP/2 of the connections write protocol: h2 under the service; the rest is up to the client or the sidecar'
const connection = 'how connections are kept is up to the client or the sidecar; nothing to do'
const tls = 'certificates are given to the client (`tls`), and between services they are mesh.mutualTls'
const balancing = 'balance names the algorithm alone'
const subsets = 'endpoints have no labels here: make each subset a service of its own'
const locality = 'localities are not known here'
const watched = 'telemetry counts it for every callee; nothing to do'
const inEnvoy = 'it changes Envoy itself, which goes away with it; nothing to do'
const counts = 'ejection counts failures in a row of every kind: the other counts have no equivalent'
const warmUpShape = 'an endpoint that warms up begins with a tenth of its share, which rises evenly'
const panic = 'no endpoint is ejected, so that none comes back in a panic'
const probe = 'the document names the probe of a service: write its path as health.ready'

const slowStart: KnownKeys = {
  slowStartWindow: 'another algorithm is in force; nothing to do',
  aggression: warmUpShape,
  minWeightPercent: warmUpShape,
}

const thresholds: KnownKeys = {
  priority: 'a call has one bulkhead, whatever its priority: these limits are lost',
  ...each('another limit is in force wherever this one would be; nothing to do', [
    'maxConnections',
    'maxPendingRequests',
    'maxRequests',
  ]),
  maxRetries: 'nothing is retried, so it has no effect',
  retryBudget: {
    budgetPercent: 'nothing is retried',
    minRetryConcurrency: 'nothing is retried',
    budgetInterval: counts,
  },
  trackRemaining: watched,
  maxConnectionPools: connection,
}

const outlierDetection: KnownKeys = {
  ...each('no count of failures in a row is enforced', [
    'interval',
    'baseEjectionTime',
    'maxEjectionPercent',
  ]),
  ...each('it is counted and not enforced; nothing to do', ['consecutive5xx', 'consecutiveGatewayFailure']),
  ...each('it says whether its count is enforced; nothing to do', [
    'enforcingConsecutive5xx',
    'enforcingConsecutiveGatewayFailure',
  ]),
  ...each(counts, [
    'enforcingSuccessRate',
    'successRateMinimumHosts',
    'successRateRequestVolume',
    'successRateStdevFactor',
    'splitExternalLocalOriginErrors',
    'consecutiveLocalOriginFailure',
    'enforcingConsecutiveLocalOriginFailure',
    'enforcingLocalOriginSuccessRate',
    'failurePercentageThreshold',
    'enforcingFailurePercentage',
    'enforcingFailurePercentageLocalOrigin',
    'failurePercentageMinimumHosts',
    'failurePercentageRequestVolume',
    'monitors',
  ]),
  maxEjectionTime: 'an endpoint stays away for baseEjection times its ejections, five minutes at most',
  maxEjectionTimeJitter: 'an endpoint stays away for baseEjection times its ejections; nothing to do',
  successfulActiveHealthCheckUnejectHost: probe,
  alwaysEjectOneHost: 'the last endpoint is never ejected; nothing to do',
}

/** What a cluster may say. */
export const clusterKeys: KnownKeys = {
  name: 'its service is named after it; nothing to do',
  type: names,
  clusterType: names,
  connectTimeout: 'no route leads to it',
  lbPolicy: balancing,
  loadAssignment: endpoints,
  hosts: endpoints,
  edsClusterConfig: endpoints,
  healthChecks: probe,
  circuitBreakers: {
    thresholds,
    perHostThresholds: 'a bulkhead counts the calls to a callee, not to one endpoint of it',
  },
  outlierDetection,
  ...each(http2, ['http2ProtocolOptions', 'typedExtensionProtocolOptions', 'protocolSelection']),
  ...each(connection, [
    'perConnectionBufferLimitBytes',
    'maxRequestsPerConnection',
    'commonHttpProtocolOptions',
    'httpProtocolOptions',
    'upstreamHttpProtocolOptions',
    'upstreamConnectionOptions',
    'upstreamBindConfig',
    'upstreamConfig',
    'closeConnectionsOnHostHealthFailure',
    'connectionPoolPerDownstreamConnection',
    'preconnectPolicy',
    'cleanupInterval',
  ]),
  ...each(names, [
    'dnsRefreshRate',
    'dnsJitter',
    'dnsFailureRefreshRate',
    'respectDnsTtl',
    'dnsLookupFamily',
    'dnsResolvers',
    'useTcpForDnsLookups',
    'dnsResolutionConfig',
    'typedDnsResolverConfig',
    'waitForWarmOnInit',
  ]),
  ...each(balancing, ['ringHashLbConfig', 'maglevLbConfig', 'originalDstLbConfig']),
  roundRobinLbConfig: { slowStartConfig: slowStart },
  leastRequestLbConfig: {
    slowStartConfig: slowStart,
    ...each(balancing, [
      'choiceCount',
      'activeRequestBias',
      'localityLbConfig',
      'selectionMethod',
      'enableFullScan',
    ]),
  },
  loadBalancingPolicy: balancing,
  lbSubsetConfig: subsets,
  commonLbConfig: {
    healthyPanicThreshold: panic,
    zoneAwareLbConfig: locality,
    localityWeightedLbConfig: locality,
    updateMergeWindow: inEnvoy,
    ignoreNewHostsUntilFirstHc: probe,
    closeConnectionsOnHostSetChange: connection,
    consistentHashingLbConfig: balancing,
    overrideHostStatus: balancing,
  },
  ...each(tls, ['transportSocket', 'transportSocketMatches', 'transportSocketMatcher', 'tlsContext']),
  ...each(watched, [
    'altStatName',
    'trackClusterStats',
    'trackTimeoutBudgets',
    'lrsServer',
    'lrsReportEndpointMetrics',
  ]),
  ...each(inEnvoy, ['metadata', 'filters', 'ignoreHealthOnHostRemoval']),
}
