import type { SystemModel } from '@watertight/manifest'
import { createTelemetry, type ServiceTelemetry } from '@watertight/telemetry'
import { AccessLog } from './access-log/access-log.js'
import type { AdminSubject } from './admin/admin-subject.js'
import { AdmissionsInForce } from './exchange/admissions-in-force.js'
import { proxyHeaderNames } from './exchange/proxy-headers.js'
import { InjectedFaults } from './faults/injected-faults.js'
import { http1LimitDefaults } from './http1/index.js'
import { Listener, type ListenerOptions } from './listener/listener.js'
import type { ProxyOptions } from './proxy-options.js'
import { DestinationPool } from './upstream/destination-pool.js'
import { HealthChecks } from './upstream/health-checks.js'
import { RequestTap } from './tap/request-tap.js'
import { wantedListeners } from './wanted-listeners.js'

/** What a proxy is made of: what its admin listener tells of, and its health checks go by. */
export class ProxyParts implements AdminSubject {
  readonly service: string
  readonly telemetry: ServiceTelemetry
  readonly pool: DestinationPool
  readonly faults: InjectedFaults = new InjectedFaults()
  readonly listeners: Map<string, Listener> = new Map()
  readonly log: AccessLog | undefined
  readonly tap: RequestTap = new RequestTap()
  readonly checks: HealthChecks = new HealthChecks(this)
  /** Whether it takes requests. */
  ready: boolean = false
  /** What is in force. */
  model: SystemModel
  private readonly options: ProxyOptions
  private readonly admissions: AdmissionsInForce

  constructor(options: ProxyOptions) {
    const { model, posture, accessLog, tracing, shedding } = options
    this.options = options
    this.model = model
    this.service = posture.kind === 'gateway' ? 'gateway' : posture.service
    this.telemetry = createTelemetry({ service: this.service, tracing })
    this.log = accessLog === undefined ? undefined : new AccessLog(accessLog)
    this.admissions = new AdmissionsInForce(posture, shedding)
    const codec = { names: proxyHeaderNames, limits: http1LimitDefaults }
    this.pool = new DestinationPool(codec, this.telemetry, options.credentials?.workload, this.faults)
    for (const [name, wanted] of this.wantedBy(model)) this.listeners.set(name, new Listener(wanted))
  }

  /** The listeners that a document asks for; destinations are made for them. */
  wantedBy(model: SystemModel): Map<string, ListenerOptions> {
    const { options, pool: destinations, log, tap, telemetry } = this
    const admissions = this.admissions.of(model)
    return wantedListeners(model, { ...options, destinations, log, tap, telemetry, admissions })
  }

  async drainListeners(): Promise<void> {
    this.ready = false
    this.checks.stop()
    await Promise.all(Array.from(this.listeners.values(), (listener) => listener.drain()))
  }

  destroy(): void {
    this.ready = false
    this.checks.stop()
    for (const listener of this.listeners.values()) listener.destroy()
    this.pool.close()
    this.log?.flush()
  }
}
