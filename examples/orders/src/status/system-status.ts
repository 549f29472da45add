import type { BooksSource } from '../audit/books.js'
import type { EdgeStatus } from '../http/edges.js'
import type { FaultPlan } from '../http/faults.js'
import { serviceNames, type ServiceName } from '../services/names.js'

/** What `GET /internal/status` answers. */
export interface ServiceStatus {
  readonly service: ServiceName
  readonly pid: number
  readonly faults: FaultPlan | null
  readonly edges: readonly EdgeStatus[]
}

/** An edge with who calls. */
export interface EdgeLine extends EdgeStatus {
  readonly from: ServiceName
}

/** What all services tell of themselves; one that does not answer is in `silent`. */
export interface SystemStatus {
  readonly edges: readonly EdgeLine[]
  readonly faults: readonly { readonly service: ServiceName; readonly plan: FaultPlan }[]
  readonly silent: readonly ServiceName[]
}

/** Asks every service how it is. */
export async function systemStatus(source: BooksSource): Promise<SystemStatus> {
  const answers = await Promise.all(
    serviceNames.map((name) => source.get<ServiceStatus>(name, '/internal/status').catch(() => undefined)),
  )
  const statuses = answers.filter((answer) => answer !== undefined)
  return {
    edges: statuses.flatMap(({ service, edges }) => edges.map((edge) => ({ from: service, ...edge }))),
    faults: statuses.flatMap(({ service, faults }) => (faults === null ? [] : [{ service, plan: faults }])),
    silent: serviceNames.filter((name) => !statuses.some(({ service }) => service === name)),
  }
}
