import type { Setting } from '../settings/setting.js'

const connection = 'how connections are kept is up to the client or the sidecar; nothing to do'
const headers =
  'header changes have no place in a manifest yet: make them in the gateway that you have, or in the service'
const detail = 'ejection counts failures in a row of every kind: the other counts have no equivalent'
const mesh = 'routes inside the mesh have no equivalent: a call has one callee and one policy'

const reasons: Readonly<Record<string, string>> = {
  status: 'Istio writes it; nothing to do',
  exportTo: 'a manifest describes one system, and all of it sees all of it; nothing to do',
  workloadSelector: 'calls are listed for each service that makes them: list them there',
  gateways: 'a manifest has one gateway, which gateway.listen describes',
  hosts: 'routes of the gateway hold for every host name: tell hosts apart in front of it',
  tcp: 'calls are HTTP here: leave TCP to the mesh',
  tls: 'certificates belong to gateway.listen.tls and to mesh.mutualTls',
  fault: 'faults are experiments: write one under chaos',
  mirror: 'mirrored traffic has no place in a manifest yet',
  mirrors: 'mirrored traffic has no place in a manifest yet',
  mirrorPercent: 'mirrored traffic has no place in a manifest yet',
  mirrorPercentage: 'mirrored traffic has no place in a manifest yet',
  corsPolicy: 'CORS has no place in a manifest yet: answer it in the service',
  headers,
  rewrite: 'a request goes out with the path it came with: serve that path',
  redirect: 'answer with a redirect in the service',
  directResponse: 'answer in the service, or with fallback where the callee is away',
  delegate: 'merge the routes of the other VirtualService into this one before importing',
  retryRemoteLocalities: 'localities are not known here',
  localityLbSetting: 'localities are not known here',
  zoneAwareLbSetting: 'localities are not known here',
  warmup: 'balancing lets a new endpoint start slowly only under peak-ewma',
  warmupDurationSecs: 'balancing lets a new endpoint start slowly only under peak-ewma',
  backoff: 'these calls are not retried, so there is no wait',
  maxRetries: 'write retry.budget, which bounds retries by the share of calls',
  idleTimeout: connection,
  tcpKeepalive: connection,
  maxConnectionDuration: connection,
  maxRequestsPerConnection: connection,
  h2UpgradePolicy: connection,
  useClientProtocol: connection,
  maxConcurrentStreams: connection,
  http2KeepAlive: connection,
  splitExternalLocalOriginErrors: detail,
  consecutiveLocalOriginFailures: detail,
  outlierDetectionHttpErrorCodes: detail,
  consecutiveErrors: detail,
  minHealthPercent: 'ejection stops at maxEjected, which says the same from the other side',
  budgetInterval: 'the budget counts calls of the last seconds; its interval is not a setting',
  portLevelSettings: 'a policy holds for a callee, whatever its port: make it a service of its own',
  tunnel: connection,
  proxyProtocol: connection,
  labels:
    'labels choose pods in Kubernetes; a version is a name here, and its endpoints are given to the gateway',
  trafficPolicy: 'versions share the policy of their service',
  subset: mesh,
  weight: mesh,
  port: 'where a callee listens is given to the client, or as services.<name>.port',
  metadata: 'it describes the Kubernetes object; nothing to do',
  name: 'routes and versions have no names of their own here; nothing to do',
}

/** Why a value that nobody used is not in the manifest. */
export function istioReason(setting: Setting): string {
  if (/\.metadata\./.test(setting.path)) return reasons['metadata'] ?? ''
  if (/\.subsets(\[\d+\])?$/.test(setting.path))
    return 'versions are named where a route splits; their policies are shared'
  for (const part of setting.path.split(/[.[\]]+/).toReversed()) {
    const reason = Object.hasOwn(reasons, part) ? reasons[part] : undefined
    if (reason !== undefined) return reason
    if (part === 'spec') break
  }
  return 'this key is not known to the import: check its spelling, or write what it means by hand'
}
