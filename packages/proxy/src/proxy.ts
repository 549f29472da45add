import type { SystemModel } from '@watertight/manifest'
import { createTelemetry, type ServiceTelemetry } from '@watertight/telemetry'
import { AccessLog } from './access-log/access-log.js'
import { AdminServer } from './admin/admin-server.js'
import { proxyHeaderNames } from './exchange/proxy-headers.js'
import { http1LimitDefaults } from './http1/index.js'
import { Listener, type ListenerOptions } from './listener/listener.js'
import type { ProxyOptions } from './proxy-options.js'
import { DestinationPool } from './upstream/destination-pool.js'
import { HealthChecks } from './upstream/health-checks.js'
import { wantedListeners } from './wanted-listeners.js'

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
  private readonly checks: HealthChecks = new HealthChecks(this)
  private isReady: boolean = false
  private inForce: SystemModel

  constructor(options: ProxyOptions) {
    const { posture, accessLog, adminPort } = options
    this.options = options
    this.inForce = options.model
    this.telemetry = createTelemetry({ service: posture.kind === 'gateway' ? 'gateway' : posture.service })
    this.log = accessLog === undefined ? undefined : new AccessLog(accessLog)
    const codec = { names: proxyHeaderNames, limits: http1LimitDefaults }
    this.destinations = new DestinationPool(codec, this.telemetry, options.credentials?.workload)
    for (const [name, wanted] of this.wanted(options.model)) this.listeners.set(name, new Listener(wanted))
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
    return this.inForce
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
    this.checks.start()
    this.isReady = true
  }

  /**
   * Takes over another document: requests that come from now on go by it, those under way end as they began, and no
   * connection closes. What was learnt of endpoints and circuits is kept. Rejects for a document that cannot be taken
   * over, and the former stays in force.
   *
   * @throws {UnreachableServiceError} when the document does not say where a service answers
   * @throws {FixedListenerError} when a listener would have to move
   */
  async reload(model: SystemModel): Promise<void> {
    const wanted = this.destinations.anew(() => {
      const listeners = this.wanted(model)
      for (const [name, options] of listeners) this.listeners.get(name)?.requireStays(name, options)
      return listeners
    })
    this.inForce = model
    const added: Listener[] = []
    for (const [name, options] of wanted) {
      const known = this.listeners.get(name)
      if (known !== undefined) {
        known.update(options)
        continue
      }
      const listener = new Listener(options)
      this.listeners.set(name, listener)
      added.push(listener)
    }
    for (const [name, listener] of this.listeners) {
      if (wanted.has(name)) continue
      this.listeners.delete(name)
      void listener.drain()
    }
    await Promise.all(added.map((listener) => listener.listen()))
  }

  /** Takes in nothing new, and resolves when all that was under way has ended. */
  async drain(): Promise<void> {
    await this.drainListeners()
    this.destroy()
  }

  /** As `drain`, but goes on telling how it stands: whoever drains it so ends it by a signal later. */
  async drainListeners(): Promise<void> {
    this.isReady = false
    this.checks.stop()
    await Promise.all(Array.from(this.listeners.values(), (listener) => listener.drain()))
  }

  destroy(): void {
    this.isReady = false
    this.checks.stop()
    for (const listener of this.listeners.values()) listener.destroy()
    this.destinations.close()
    this.admin?.close()
    this.log?.flush()
  }

  private wanted(model: SystemModel): Map<string, ListenerOptions> {
    const { options, destinations, log, telemetry } = this
    return wantedListeners(model, { ...options, destinations, log, telemetry })
  }
}
