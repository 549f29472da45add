import type { ServiceModel, SystemModel } from '@watertight/manifest'
import type { ServerRecorder, ServiceTelemetry, Tracing } from '@watertight/telemetry'
import { manifestSettings } from '@watertight/traffic'
import type { AccessLog } from './access-log/access-log.js'
import { trustDomainOf } from './certificates/workload-identity.js'
import type { Admissions } from './exchange/admissions.js'
import type { ProxyContext } from './exchange/proxy-context.js'
import { RequestIds } from './exchange/request-ids.js'
import { http1LimitDefaults } from './http1/index.js'
import { callerLimits } from './listener/caller-limits.js'
import type { ListenerOptions } from './listener/listener.js'
import { trustedNetworks } from './listener/trusted-networks.js'
import type { Posture } from './posture.js'
import { gatewayRoutes, onlyRoute } from './routes/gateway-routes.js'
import { requireGiven } from './routes/require-given.js'
import type { Route } from './routes/route.js'
import { AllowedCallers } from './tls/allowed-callers.js'
import type { RequestTap } from './tap/request-tap.js'
import type { ProxyCredentials } from './tls/open-credentials.js'
import type { DestinationPool } from './upstream/destination-pool.js'

const requestIds = new RequestIds()
const LOOPBACK = '127.0.0.1'

/** What listeners are made of, beside the document. */
export interface ListenerParts {
  readonly posture: Posture
  readonly host?: string | undefined
  readonly credentials?: ProxyCredentials | undefined
  readonly destinations: DestinationPool
  readonly log: AccessLog | undefined
  readonly tap: RequestTap
  readonly telemetry: ServiceTelemetry
  readonly tracing?: Tracing | undefined
  readonly admissions: Admissions | undefined
}

/**
 * The listeners that a document asks for, by name: `gateway`, or `inbound` and the services that are called.
 *
 * @throws {UnreachableServiceError} when the document does not say where a service answers
 */
export function wantedListeners(model: SystemModel, parts: ListenerParts): Map<string, ListenerOptions> {
  const { posture } = parts
  if (posture.kind === 'gateway') return new Map([['gateway', gatewayListener(model, parts)]])
  const service = model.services.get(posture.service)
  return service === undefined ? new Map() : sidecarListeners(service, model, parts)
}

function gatewayListener(model: SystemModel, parts: ListenerParts): ListenerOptions {
  const { gateway } = model
  const { host, port = 0 } = gateway.listen ?? {}
  const credentials = parts.credentials?.listener
  return {
    ...limitsOf(model),
    proxy: context(model, parts, gatewayRoutes(model, parts.destinations)),
    host: parts.host ?? host ?? LOOPBACK,
    port,
    isTrusted: trustedNetworks(gateway.trust),
    tls: credentials === undefined ? undefined : { credentials, callers: undefined },
  }
}

function sidecarListeners(
  service: ServiceModel,
  model: SystemModel,
  parts: ListenerParts,
): Map<string, ListenerOptions> {
  const wanted = new Map<string, ListenerOptions>()
  for (const call of service.calls) {
    const settings = manifestSettings(call, 'sidecar')
    requireGiven(`services.${service.name}.calls.${call.to}`, settings, model.services.get(call.to))
    const destination = parts.destinations.get(model, call.to, undefined, settings, call.policy)
    wanted.set(call.to, {
      ...limitsOf(model),
      // What its own process asks for is limited by the policies of each call.
      proxy: context(model, { ...parts, admissions: undefined }, [onlyRoute(call.to, destination)], 'out'),
      host: LOOPBACK,
      port: service.outboundPorts.get(call.to) ?? 0,
      isTrusted: () => true,
    })
  }
  const inbound = inboundListener(service, model, parts)
  return inbound === undefined ? wanted : wanted.set('inbound', inbound)
}

/** Where others reach a service that has a sidecar: what they prove to be decides whether they may. */
function inboundListener(
  { name, endpoints, applicationPort, callers, protocol }: ServiceModel,
  model: SystemModel,
  parts: ListenerParts,
): ListenerOptions | undefined {
  if (applicationPort === undefined) return undefined
  const credentials = parts.credentials?.workload
  const destination = parts.destinations.local(name, applicationPort, protocol === 'h2')
  return {
    ...limitsOf(model),
    proxy: context(model, parts, [onlyRoute(name, destination)]),
    host: parts.host ?? LOOPBACK,
    port: endpoints[0]?.port ?? 0,
    // Whoever may call at all is a part of the system, and says truly how long it waits.
    isTrusted: () => credentials !== undefined,
    tls: credentials && { credentials, callers: new AllowedCallers(trustDomainOf(model.name), callers) },
  }
}

function limitsOf({ gateway: { limits, http10 } }: SystemModel): Pick<ListenerOptions, 'http1' | 'limits'> {
  return {
    http1: { ...http1LimitDefaults, headBytesMax: limits.headersBytes },
    limits: callerLimits(limits, http10),
  }
}

function context(
  { gateway }: SystemModel,
  { posture, log, tap, telemetry, tracing, admissions }: ListenerParts,
  routes: readonly Route[],
  direction: 'in' | 'out' = 'in',
): ProxyContext {
  const isEdge = posture.kind === 'gateway'
  return {
    routes,
    log,
    tap,
    direction,
    recorder: direction === 'in' ? telemetry.server(admissions) : spansOf(telemetry.server()),
    admissions,
    replayBytesMax: gateway.limits.replayBodyBytes,
    bodyBytesMax: gateway.limits.bodyBytes,
    forwardsAddresses: isEdge,
    normalizesPaths: isEdge && gateway.normalizePath,
    mergesSlashes: gateway.mergeSlashes,
    continuesHere: gateway.continue === 'here',
    traces: tracing !== undefined,
    newRequestId: () => requestIds.next(),
  }
}

/** What a process asks for counts as its calls alone: it is no request to its service. */
function spansOf(recorder: ServerRecorder): ServerRecorder {
  return { started: () => {}, finished: () => {}, startSpan: (request) => recorder.startSpan(request) }
}
