import { randomUUID } from 'node:crypto'
import type { ServiceModel, SystemModel } from '@watertight/manifest'
import { createTelemetry, type ServiceTelemetry } from '@watertight/telemetry'
import { manifestSettings } from '@watertight/traffic'
import { AccessLog } from './access-log/access-log.js'
import { AdminServer } from './admin/admin-server.js'
import { trustDomainOf } from './certificates/workload-identity.js'
import type { ProxyContext } from './exchange/proxy-context.js'
import { proxyHeaderNames } from './exchange/proxy-headers.js'
import { http1LimitDefaults } from './http1/index.js'
import { callerLimits } from './listener/caller-limits.js'
import { Listener, type ListenerOptions } from './listener/listener.js'
import { trustedNetworks } from './listener/trusted-networks.js'
import type { ProxyOptions } from './proxy-options.js'
import type { Route } from './routes/route.js'
import { gatewayRoutes, onlyRoute } from './routes/gateway-routes.js'
import { AllowedCallers } from './tls/allowed-callers.js'
import { DestinationPool } from './upstream/destination-pool.js'

const LOOPBACK = '127.0.0.1'

/** A port of a running proxy, and what it is for: `gateway`, `inbound`, or the service that is called by it. */
export interface ListeningPort {
  readonly name: string
  readonly port: number
}

/**
 * A gateway, or the sidecar of one service.
 *
 * @throws {Error} when the document does not say where a service answers
 */
export class Proxy {
  readonly telemetry: ServiceTelemetry
  private readonly options: ProxyOptions
  private readonly destinations: DestinationPool
  private readonly log: AccessLog | undefined
  readonly listeners: Map<string, Listener> = new Map()
  private readonly admin: AdminServer | undefined
  private isReady: boolean = false

  constructor(options: ProxyOptions) {
    const { posture, accessLog, adminPort } = options
    this.options = options
    this.telemetry = createTelemetry({ service: posture.kind === 'gateway' ? 'gateway' : posture.service })
    this.log = accessLog === undefined ? undefined : new AccessLog(accessLog)
    const codec = { names: proxyHeaderNames, limits: http1LimitDefaults }
    this.destinations = new DestinationPool(codec, this.telemetry, options.credentials?.workload)
    if (posture.kind === 'gateway') this.addGateway()
    else this.addSidecar(posture.service)
    this.admin = adminPort === undefined ? undefined : new AdminServer(adminPort, this)
  }

  get ready(): boolean {
    return this.isReady
  }

  get ports(): readonly ListeningPort[] {
    const ports = Array.from(this.listeners, ([name, { port }]) => ({ name, port }))
    return this.admin === undefined ? ports : [...ports, { name: 'admin', port: this.admin.port }]
  }

  /** Writes the lines of the access log that have gathered. */
  flushLog(): void {
    this.log?.flush()
  }

  get pool(): DestinationPool {
    return this.destinations
  }

  /** What is in force. */
  get model(): SystemModel {
    return this.options.model
  }

  /** Rejects when a port cannot be had; nothing listens then. */
  async listen(): Promise<void> {
    try {
      for (const listener of this.listeners.values()) await listener.listen()
      await this.admin?.listen()
    } catch (error) {
      this.destroy()
      throw error
    }
    this.isReady = true
  }

  /** Takes in nothing new, and resolves when all that was under way has ended. */
  async drain(): Promise<void> {
    await this.drainListeners()
    this.destroy()
  }

  /** As `drain`, but goes on telling how it stands: whoever drains it so ends it by a signal later. */
  async drainListeners(): Promise<void> {
    this.isReady = false
    await Promise.all(Array.from(this.listeners.values(), (listener) => listener.drain()))
  }

  destroy(): void {
    this.isReady = false
    for (const listener of this.listeners.values()) listener.destroy()
    this.destinations.close()
    this.admin?.close()
    this.log?.flush()
  }

  private addGateway(): void {
    const { model } = this.options
    const { gateway } = model
    const { host, port = 0 } = gateway.listen ?? {}
    const routes = gatewayRoutes(model, this.destinations)
    const credentials = this.options.credentials?.listener
    this.add('gateway', {
      proxy: this.context(routes, true),
      host: this.options.host ?? host ?? LOOPBACK,
      port,
      isTrusted: trustedNetworks(gateway.trust),
      tls: credentials === undefined ? undefined : { credentials, callers: undefined },
    })
  }

  private addSidecar(name: string): void {
    const { model } = this.options
    const service = model.services.get(name)
    for (const call of service?.calls ?? []) {
      const settings = manifestSettings(call, 'sidecar')
      const destination = this.destinations.get(model, call.to, undefined, settings, call.policy)
      this.add(call.to, {
        proxy: this.context([onlyRoute(call.to, destination)], false),
        host: LOOPBACK,
        port: service?.outboundPorts.get(call.to) ?? 0,
        isTrusted: () => true,
      })
    }
    if (service !== undefined) this.addInbound(service)
  }

  /** Where others reach a service that has a sidecar: what they prove to be decides whether they may. */
  private addInbound({ name, endpoints, applicationPort, callers, protocol }: ServiceModel): void {
    if (applicationPort === undefined) return
    const credentials = this.options.credentials?.workload
    const destination = this.destinations.local(name, applicationPort, protocol === 'h2')
    this.add('inbound', {
      proxy: this.context([onlyRoute(name, destination)], false),
      host: this.host,
      port: endpoints[0]?.port ?? 0,
      // Whoever may call at all is a part of the system, and says truly how long it waits.
      isTrusted: () => credentials !== undefined,
      tls:
        credentials === undefined
          ? undefined
          : { credentials, callers: new AllowedCallers(trustDomainOf(this.options.model.name), callers) },
    })
  }

  private get host(): string {
    return this.options.host ?? LOOPBACK
  }

  private add(name: string, options: ListenerOptions): void {
    const { limits, http10 } = this.options.model.gateway
    const http1 = { ...http1LimitDefaults, headBytesMax: limits.headersBytes }
    this.listeners.set(name, new Listener({ ...options, http1, limits: callerLimits(limits, http10) }))
  }

  private context(routes: readonly Route[], forwardsAddresses: boolean): ProxyContext {
    const { gateway } = this.options.model
    return {
      routes,
      log: this.log,
      recorder: this.telemetry.server(),
      replayBytesMax: gateway.limits.replayBodyBytes,
      bodyBytesMax: gateway.limits.bodyBytes,
      forwardsAddresses,
      normalizesPaths: forwardsAddresses && gateway.normalizePath,
      mergesSlashes: gateway.mergeSlashes,
      continuesHere: gateway.continue === 'here',
      newRequestId: randomUUID,
    }
  }
}
