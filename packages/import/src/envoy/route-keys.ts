import type { KnownKeys } from '../settings/setting.js'
import { each } from './each.js'

const headers =
  'header changes have no place in a manifest yet: make them in the gateway that you have, or in the service'
const mirror = 'write mirror under this route: { to, share }'
const rewrite = 'a request goes out with the path and the host it came with: serve those'
const cors = 'write cors under this route'
const rateLimits = 'write rateLimit under this route: it counts all callers together, not each by its key'
const filters = 'filters of Envoy have no place in a manifest: keep them there'
const watched = 'telemetry names calls by their operation; nothing to do'
const otherRoute = 'an earlier route says how long a call waits, and whether it is tried again'
const off = 'these calls are not retried, so it has no effect'
const notFront =
  'routes of the gateway are those of the first listener for requests from outside; of this one the calls alone are here'
const hash = 'write hashOn in the policy: a header, a cookie, a query parameter or ip'
const upgrades = 'calls are requests and answers here: keep upgrades and tunnels in Envoy'
const hedging = 'write hedge in the policy: how long one request may take before a second is sent'

const retryPolicy: KnownKeys = {
  retryOn: otherRoute,
  numRetries: off,
  perTryTimeout: otherRoute,
  perTryIdleTimeout: 'silence within an answer is limited by timeout.idle',
  retryPriority: 'a retry goes to another endpoint, whatever its priority',
  retryHostPredicate: 'a retry always avoids the endpoint that failed, where there is another; nothing to do',
  hostSelectionRetryMaxAttempts:
    'a retry always avoids the endpoint that failed, where there is another; nothing to do',
  retryOptionsPredicates: filters,
  retriableStatusCodes: 'retry_on does not name retriable-status-codes, so they have no effect',
  retryBackOff: { baseInterval: off, maxInterval: off },
  rateLimitedRetryBackOff: 'the Retry-After of an answer is heeded without it; nothing to do',
  retriableHeaders: 'what is tried again is told by status and failure: name them in retry.on',
  retriableRequestHeaders: 'what may be tried again is told by operation: write operations of the call',
}

const weightedClusters: KnownKeys = {
  clusters: {
    name: otherRoute,
    clusterHeader: 'the cluster is chosen by a request: write a route for each that it may be',
    weight: 'the one with the greatest weight was taken',
    metadataMatch: 'endpoints have no labels here: make each subset a service of its own',
    ...each(headers, ['requestHeadersToAdd', 'requestHeadersToRemove', 'responseHeadersToAdd']),
    responseHeadersToRemove: headers,
    hostRewriteLiteral: rewrite,
    typedPerFilterConfig: filters,
  },
  totalWeight: 'shares are relative; nothing to do',
  runtimeKeyPrefix: 'shares are not changed while it runs',
  useHashPolicy: hash,
  randomValueSpecifier: hash,
  headerName: hash,
}

const action: KnownKeys = {
  cluster: otherRoute,
  clusterHeader: 'the cluster is chosen by a request: write a route for each that it may be',
  weightedClusters,
  clusterSpecifierPlugin: filters,
  inlineClusterSpecifierPlugin: filters,
  clusterNotFoundResponseCode: 'every callee is known here; nothing to do',
  metadataMatch: 'endpoints have no labels here: make each subset a service of its own',
  ...each(rewrite, [
    'prefixRewrite',
    'regexRewrite',
    'pathRewrite',
    'pathRewritePolicy',
    'hostRewrite',
    'hostRewriteLiteral',
    'autoHostRewrite',
    'hostRewriteHeader',
    'hostRewritePathRegex',
    'appendXForwardedHost',
  ]),
  timeout: otherRoute,
  idleTimeout: otherRoute,
  flushTimeout: 'silence within an answer is limited by timeout.idle',
  maxStreamDuration: 'a stream may go on once its head has come: end it in the service',
  maxGrpcTimeout: 'a caller never waits longer than its own caller does; nothing to do',
  grpcTimeoutOffset: 'a caller never waits longer than its own caller does; nothing to do',
  retryPolicy,
  retryPolicyTypedConfig: filters,
  hedgePolicy: hedging,
  ...each(mirror, ['requestMirrorPolicies', 'requestMirrorPolicy']),
  priority: 'a call has one bulkhead, whatever its priority',
  ...each(rateLimits, ['rateLimits', 'includeVhRateLimits']),
  hashPolicy: hash,
  cors,
  upgradeConfigs: upgrades,
  internalRedirectPolicy: 'the client follows redirects itself, within the rules of fetch; nothing to do',
  internalRedirectAction: 'the client follows redirects itself, within the rules of fetch; nothing to do',
  maxInternalRedirects: 'the client follows redirects itself, within the rules of fetch; nothing to do',
  earlyDataPolicy: upgrades,
}

const ofEvery: KnownKeys = {
  ...each(headers, [
    'requestHeadersToAdd',
    'requestHeadersToRemove',
    'responseHeadersToAdd',
    'responseHeadersToRemove',
  ]),
  ...each(filters, ['typedPerFilterConfig', 'perFilterConfig']),
  ...each(watched, ['metadata', 'statPrefix']),
  requestBodyBufferLimit: 'how much of a body is kept for a retry is `replayBytesMax` of the client',
  perRequestBufferLimitBytes: 'how much of a body is kept for a retry is `replayBytesMax` of the client',
}

const route: KnownKeys = {
  ...ofEvery,
  name: 'routes have no names of their own here; nothing to do',
  match: each(notFront, [
    'prefix',
    'path',
    'pathSeparatedPrefix',
    'safeRegex',
    'regex',
    'connectMatcher',
    'pathMatchPolicy',
    'caseSensitive',
    'runtimeFraction',
    'headers',
    'queryParameters',
    'cookies',
    'grpc',
    'tlsContext',
    'dynamicMetadata',
    'filterState',
  ]),
  route: action,
  decorator: watched,
  tracing: watched,
}

/** What a configuration of routes may say. */
export const routeConfigurationKeys: KnownKeys = {
  ...ofEvery,
  name: 'routes have no names of their own here; nothing to do',
  virtualHosts: {
    ...ofEvery,
    name: 'routes have no names of their own here; nothing to do',
    domains: notFront,
    routes: route,
    matcher: 'routes are found by path, method and host here: write each as a route',
    requireTls: 'certificates belong to gateway.listen.tls: with them the gateway takes nothing else',
    virtualClusters: watched,
    rateLimits,
    cors,
    includeRequestAttemptCount: 'each attempt says which one it is, as x-envoy-attempt-count; nothing to do',
    includeAttemptCountInResponse: headers,
    includeIsTimeoutRetryHeader: headers,
    retryPolicy,
    retryPolicyTypedConfig: filters,
    hedgePolicy: hedging,
    requestMirrorPolicies: mirror,
  },
  vhds: 'what a control plane sends is not in this file: import its files',
  internalOnlyHeaders: headers,
  mostSpecificHeaderMutationsWins: headers,
  validateClusters: 'every callee is known here; nothing to do',
  maxDirectResponseBodySizeBytes: 'a route of the gateway leads to a service; nothing to do',
  clusterSpecifierPlugins: filters,
  requestMirrorPolicies: mirror,
  ignorePortInHostMatching: 'the port of a host name never counts; nothing to do',
  vhostHeader: 'routes are found by path, method and host here',
  ignorePathParametersInPathMatching: 'paths are matched as they are sent',
}
