import type { Durations } from '../http/durations.js'
import type { EdgeStatus } from '../http/edges.js'
import type { FaultPlan } from '../http/fault-plan.js'
import type { UnfinishedCount } from '../order/order-store.js'
import type { ProcessName, ProxyName, ServiceName } from '../services/names.js'
import type { ProxyWork } from './proxy-work.js'

/** What `GET /internal/status` answers. */
export interface ServiceStatus {
  readonly pid: number
  readonly faults: FaultPlan | null
  readonly served: Durations
  readonly edges: readonly EdgeStatus[]
  /** Of order alone. */
  readonly orders?: UnfinishedCount
}

/** An edge with who calls. */
export interface EdgeLine extends EdgeStatus {
  readonly from: string
}

/** What all processes tell of themselves; one that does not answer is in `silent`, and the rest is what it said last. */
export interface SystemStatus {
  /** Each call where it is enforced: those of the gateway, those that order makes by its client, and by its sidecar. */
  readonly edges: readonly EdgeLine[]
  readonly faults: readonly { readonly service: ServiceName; readonly plan: FaultPlan }[]
  /** How long each service took to answer, so far. */
  readonly served: Readonly<Partial<Record<ServiceName, Durations>>>
  readonly proxies: Readonly<Partial<Record<ProxyName, ProxyWork>>>
  readonly orders?: UnfinishedCount
  readonly silent: readonly { readonly service: ProcessName; readonly forMs: number }[]
}
