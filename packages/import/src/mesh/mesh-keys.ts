import type { KnownKeys, Setting } from '../settings/setting.js'
import { linkerdAnnotations } from './linkerd-annotations.js'

const connection = 'how connections are kept is up to the client or the sidecar; nothing to do'
const headers =
  'only routes of the gateway change headers, to a fixed text: make other changes in the service'
const inMesh = 'routes inside the mesh have no equivalent: a call has one callee and one policy'
const mirror = 'only a route of the gateway sends copies, to one service'
const locality = 'localities are not known here'
const warmup = 'a ring lets nobody start slowly in Istio; write warmUp where it is to be so here'
const warmupShape = 'an endpoint that warms up begins with a tenth of its share, which rises evenly'
const counts = 'ejection counts failures in a row of every kind: the other counts have no equivalent'
const hashing =
  'one key is read from the request (hashOn), and the ring is as large as it is: the rest has no equivalent'
const replaced = 'the version that is routed to has settings of its own in its place; nothing to do'
const callsOff = 'these calls are not retried, so it has no effect'
const tls = 'certificates belong to gateway.listen.tls and to mesh.mutualTls'
const metadata = 'it describes the Kubernetes object; nothing to do'
const labels =
  'labels choose pods in Kubernetes; a version is a name here, and its endpoints are given to the gateway'
const port = 'where a callee listens is given to the client, or as services.<name>.port'
const gateway = 'a manifest has one gateway, which gateway.listen describes'
const unnamed = 'routes and versions have no names of their own here; nothing to do'
const onlyOutside =
  'only a route of the gateway does that, and this part has no equivalent there or stands inside the mesh'
const conditions = 'a condition that a manifest cannot express decides over this route'

const object: KnownKeys = {
  apiVersion: metadata,
  kind: metadata,
  metadata: { annotations: linkerdAnnotations, name: metadata, namespace: metadata, '*': metadata },
  status: 'Istio writes it; nothing to do',
}

const trafficPolicy: KnownKeys = {
  loadBalancer: {
    simple: replaced,
    consistentHash: hashing,
    localityLbSetting: locality,
    zoneAwareLbSetting: locality,
    warmupDurationSecs:
      'warmup, its newer name, stands beside it and wins, or the endpoint is on a ring; nothing to do',
    warmup: { duration: warmup, minimumPercent: warmupShape, aggression: warmupShape },
  },
  connectionPool: {
    tcp: {
      maxConnections: replaced,
      connectTimeout: replaced,
      tcpKeepalive: connection,
      maxConnectionDuration: connection,
      idleTimeout: connection,
    },
    http: {
      http1MaxPendingRequests: replaced,
      http2MaxRequests: replaced,
      maxRequestsPerConnection: connection,
      maxRetries: 'write retry.budget, which bounds retries by the share of calls',
      idleTimeout: connection,
      h2UpgradePolicy: 'write protocol: h2 under each service that is to be called by HTTP/2',
      useClientProtocol: connection,
      maxConcurrentStreams: connection,
      http2KeepAlive: connection,
    },
  },
  outlierDetection: {
    consecutiveErrors: 'consecutiveGatewayErrors, its newer name, stands beside it and wins; nothing to do',
    consecutiveGatewayErrors: replaced,
    consecutive5xxErrors: replaced,
    interval: replaced,
    baseEjectionTime: replaced,
    maxEjectionPercent: replaced,
    minHealthPercent: 'ejection stops at maxEjected, which says the same from the other side',
    splitExternalLocalOriginErrors: counts,
    consecutiveLocalOriginFailures: counts,
    outlierDetectionHttpErrorCodes: counts,
  },
  retryBudget: {
    percent: replaced,
    minRetryConcurrency: replaced,
    budgetInterval: 'the budget counts calls of the last seconds; its interval is not a setting',
  },
  tls,
  portLevelSettings: lostPorts,
  tunnel: connection,
  proxyProtocol: connection,
}

/** The sections that are lost, by name. */
function lostPorts(list: Setting): string {
  const lost = list.items.map((item) => {
    const parts = item.entries.map(({ key }) => key).filter((key) => key !== 'port')
    return `${parts.join(' and ') || 'nothing'} of port ${item.at('port', 'number')?.text ?? '?'}`
  })
  return `a policy holds for a callee, whatever its port, so these are lost: ${lost.slice(0, 5).join(', ')}: make each port a service of its own`
}

const destinationRuleKeys: KnownKeys = {
  ...object,
  spec: {
    host: metadata,
    trafficPolicy,
    subsets: { name: unnamed, labels, trafficPolicy: { ...trafficPolicy, tls } },
    exportTo: 'a manifest describes one system, and all of it sees all of it; nothing to do',
    workloadSelector: 'calls are listed for each service that makes them: list them there',
  },
}

const serviceEntryKeys: KnownKeys = {
  ...object,
  spec: {
    hosts: metadata,
    addresses: 'a service is called by its name; nothing to do',
    ports: 'a service answers at one port: make the others services of their own',
    location:
      'whether a service is outside the mesh changes nothing here; external: true takes it out of mutual TLS',
    resolution: metadata,
    endpoints: 'an endpoint is an address and a port: the rest has no equivalent',
    workloadSelector: 'pods are not looked for: list the endpoints',
    exportTo: 'a manifest describes one system, and all of it sees all of it; nothing to do',
    subjectAltNames: 'a service proves its name by mutualTls',
  },
}

const gatewayKeys: KnownKeys = {
  ...object,
  spec: { selector: 'the gateway is the process that reads this; nothing to do', servers: gateway },
}

const destination: KnownKeys = { host: inMesh, subset: inMesh, port }

const virtualServiceKeys: KnownKeys = {
  ...object,
  spec: {
    hosts: 'a host that no call and no route of the gateway is for; nothing to do',
    gateways: gateway,
    exportTo: 'a manifest describes one system, and all of it sees all of it; nothing to do',
    tcp: 'calls are HTTP here: leave TCP to the mesh',
    tls: 'calls are HTTP here: leave TLS that is passed through to the mesh',
    http: {
      name: unnamed,
      match: {
        name: unnamed,
        statPrefix: unnamed,
        uri: conditions,
        method: conditions,
        authority: conditions,
        '*': conditions,
      },
      route: { destination, weight: inMesh, headers },
      redirect: onlyOutside,
      directResponse: onlyOutside,
      delegate: 'merge the routes of the other VirtualService into this one before importing',
      rewrite: onlyOutside,
      timeout: 'another route says how long a call waits',
      retries: {
        attempts: callsOff,
        perTryTimeout: callsOff,
        retryOn: callsOff,
        retryRemoteLocalities: locality,
        retryIgnorePreviousHosts: callsOff,
        backoff: callsOff,
      },
      fault: onlyOutside,
      mirror,
      mirrors: mirror,
      mirrorPercent: mirror,
      mirror_percent: mirror,
      mirrorPercentage: mirror,
      corsPolicy: onlyOutside,
      headers,
    },
  },
}

const filterReasons: Readonly<Record<string, string>> = {
  RequestHeaderModifier: headers,
  ResponseHeaderModifier: headers,
  RequestMirror: mirror,
  RequestRedirect: onlyOutside,
  URLRewrite: onlyOutside,
  ExtensionRef: 'a filter of the gateway that you have: keep it there',
  CORS: 'write cors under this route: an experimental filter is not read',
  ExternalAuth: 'who may call is not said in a manifest: keep it in the gateway that you have',
}

/** Why a filter of a rule is not in the manifest, by its type. */
function filter(list: Setting): string {
  const types = [...new Set(list.items.map((item) => item.at('type')?.text ?? 'a filter'))]
  return types.map((type) => `${type}: ${filterReasons[type] ?? 'this filter is not known here'}`).join('; ')
}

const httpRouteKeys: KnownKeys = {
  ...object,
  spec: {
    parentRefs: {
      name: gateway,
      namespace: gateway,
      kind: gateway,
      group: gateway,
      sectionName: gateway,
      port,
    },
    useDefaultGateways: gateway,
    hostnames: 'a route inside the mesh is for its service, whatever the host; nothing to do',
    rules: {
      name: unnamed,
      matches: conditions,
      backendRefs: {
        name: inMesh,
        namespace: inMesh,
        kind: inMesh,
        group: inMesh,
        port,
        weight: inMesh,
        filters: filter,
      },
      filters: filter,
      timeouts: {
        request: 'another rule says how long a call waits',
        backendRequest: 'another rule says how long a call waits',
      },
      retry: { codes: callsOff, attempts: callsOff, backoff: callsOff },
      sessionPersistence: 'a session stays at one endpoint by balance: ring-hash with hashOn of a policy',
    },
  },
}

const serviceProfileKeys: KnownKeys = {
  ...object,
  spec: {
    routes: {
      name: unnamed,
      condition: 'an operation is a method and a plain path here: write it under operations by hand',
      timeout: 'another route says how long a call waits',
      isRetryable: 'an earlier route says so of the same operation',
      responseClasses: 'statuses are told apart by retry.on and answers',
    },
    retryBudget: {
      retryRatio: 'no route is retryable, so it has no effect',
      minRetriesPerSecond: 'no route is retryable, so it has no effect',
      ttl: 'the budget counts calls of the last seconds; its interval is not a setting',
    },
    opaquePorts: 'calls are HTTP here: leave TCP to the mesh',
    dstOverrides: inMesh,
  },
}

/** A Service of Kubernetes is read for its annotations alone. */
const serviceKeys: KnownKeys = { ...object, spec: metadata }

/** What each kind of object may say. */
export const meshKeys: Readonly<Record<MeshKind, KnownKeys>> = {
  VirtualService: virtualServiceKeys,
  DestinationRule: destinationRuleKeys,
  HTTPRoute: httpRouteKeys,
  GRPCRoute: httpRouteKeys,
  ServiceProfile: serviceProfileKeys,
  Service: serviceKeys,
  ServiceEntry: serviceEntryKeys,
  Gateway: gatewayKeys,
}

export type MeshKind =
  | 'VirtualService'
  | 'DestinationRule'
  | 'HTTPRoute'
  | 'GRPCRoute'
  | 'ServiceProfile'
  | 'Service'
  | 'ServiceEntry'
  | 'Gateway'
