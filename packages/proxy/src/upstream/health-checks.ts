import type { SystemModel } from '@watertight/manifest'
import { systemClock } from '@watertight/policy/decisions'
import type { Destination } from './destination.js'
import type { DestinationPool } from './destination-pool.js'
import { EndpointProbe } from './endpoint-probe.js'

/** New endpoints are noticed within this time at most. */
const LOOK_MS = 1_000

/**
 * Asks each endpoint of the services that have a `ready` whether it takes requests, and leaves out those that do not.
 * An endpoint that several destinations share is asked once for all of them. One timer wakes for all endpoints.
 */
export class HealthChecks {
  private readonly subject: { readonly pool: DestinationPool; readonly model: SystemModel }
  private probes: Map<string, EndpointProbe> = new Map()
  private timer: NodeJS.Timeout | undefined = undefined

  constructor(subject: { readonly pool: DestinationPool; readonly model: SystemModel }) {
    this.subject = subject
  }

  start(): void {
    this.run()
  }

  stop(): void {
    clearTimeout(this.timer)
    for (const probe of this.probes.values()) probe.stop()
    this.probes.clear()
  }

  /** Begins the checks that are due. The document and its endpoints may have changed since the last time. */
  private run(): void {
    const former = this.probes
    this.probes = new Map()
    for (const destination of this.subject.pool.destinations) this.follow(destination, former)
    for (const [key, probe] of former) if (!this.probes.has(key)) probe.stop()
    const now = systemClock.now()
    let next = now + LOOK_MS
    for (const probe of this.probes.values()) next = Math.min(next, probe.run(now))
    this.timer = setTimeout(() => this.run(), next - now).unref()
  }

  private follow(destination: Destination, former: ReadonlyMap<string, EndpointProbe>): void {
    const { endpoints, name, transport } = destination
    // A destination may be one version of a service: `tax@canary`.
    const service = this.subject.model.services.get(name.split('@')[0]!)
    const isChecked = service?.ready !== undefined
    for (const endpoint of endpoints.all) {
      if (!isChecked) {
        endpoints.setHealthy(endpoint, true)
        continue
      }
      const key = `${service.name} ${endpoint.origin} ${transport.speaksHttp2}`
      const known = this.probes.get(key) ?? former.get(key) ?? new EndpointProbe(endpoint.origin, transport)
      if (!this.probes.has(key)) known.renew(service.ready.path, service.probing)
      known.tell((healthy) => endpoints.setHealthy(endpoint, healthy))
      this.probes.set(key, known)
    }
  }
}
