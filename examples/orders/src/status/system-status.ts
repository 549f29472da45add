import type { Durations } from '../http/durations.js'
import type { EdgeStatus } from '../http/edges.js'
import type { FaultPlan } from '../http/fault-plan.js'
import type { UnfinishedCount } from '../order/order-store.js'
import type { ServiceName } from '../services/names.js'

/** What `GET /internal/status` answers. */
export interface ServiceStatus {
  readonly service: ServiceName
  readonly pid: number
  readonly faults: FaultPlan | null
  readonly served: Durations
  readonly edges: readonly EdgeStatus[]
  /** Of order alone. */
  readonly orders?: UnfinishedCount
}

/** An edge with who calls. */
export interface EdgeLine extends EdgeStatus {
  readonly from: ServiceName
}

/** What all services tell of themselves; one that does not answer is in `silent`, and the rest is what it said last. */
export interface SystemStatus {
  readonly edges: readonly EdgeLine[]
  readonly faults: readonly { readonly service: ServiceName; readonly plan: FaultPlan }[]
  /** How long each service took to answer, so far. */
  readonly served: Readonly<Partial<Record<ServiceName, Durations>>>
  readonly orders?: UnfinishedCount
  readonly silent: readonly { readonly service: ServiceName; readonly forMs: number }[]
}
