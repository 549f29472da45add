import type { SystemModel } from '@watertight/manifest'
import type { ServiceTelemetry } from '@watertight/telemetry'
import type { InjectedFaults } from '../faults/injected-faults.js'
import type { Listener } from '../listener/listener.js'
import type { RequestTap } from '../tap/request-tap.js'
import type { DestinationPool } from '../upstream/destination-pool.js'

/** What the admin listener tells of. */
export interface AdminSubject {
  readonly ready: boolean
  /** Whose calls it forwards: `gateway`, or the service that it stands beside. */
  readonly service: string
  readonly telemetry: ServiceTelemetry
  /** What is in force. */
  readonly model: SystemModel
  readonly listeners: ReadonlyMap<string, Pick<Listener, 'port' | 'connectionCount' | 'isDraining'>>
  readonly pool: Pick<DestinationPool, 'destinations'>
  readonly faults: InjectedFaults
  readonly tap: RequestTap
  /** Takes in nothing new, and lets what is under way end; it goes on telling how it stands, until a signal ends it. */
  drainListeners(): Promise<void>
}
