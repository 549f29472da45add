import { durationText } from '../settings/read.js'
import type { Setting } from '../settings/setting.js'
import { Block } from '../writing/block.js'
import { withTimeLimit } from '../writing/time-limit.js'
import type { TrafficSections } from './traffic-sections.js'

/** Time limits and retries of a call. */
export interface CallSections {
  readonly timeout: Block
  /** Undefined when they are off; `retryComment` says where that stands. */
  readonly retry: Block | undefined
  readonly retryComment: string | undefined
  /** Operations and whether they may be repeated. */
  readonly operations?: Block | undefined
}

/** What the objects of a mesh say about one of its services. */
interface MeshService {
  readonly comment: string
  call?: (budget: Block | undefined) => CallSections
  traffic?: TrafficSections
}

/** The services of a mesh, each once, with what its objects say of calls to it. */
export class MeshTable {
  readonly #services = new Map<string, MeshService>()
  readonly #system: string
  readonly #unsaid: (budget: Block | undefined) => CallSections

  constructor(system: string, unsaid: (budget: Block | undefined) => CallSections) {
    this.#system = system
    this.#unsaid = unsaid
  }

  get entries(): [string, { readonly comment: string }][] {
    return [...this.#services]
  }

  has(name: string): boolean {
    return this.#services.has(name)
  }

  hasCall(name: string): boolean {
    return this.#services.get(name)?.call !== undefined
  }

  /** Says how the service is called. False when something earlier says so already. */
  setCall(name: string, source: Setting, call: NonNullable<MeshService['call']>): boolean {
    const service = this.#services.get(name)
    if (service?.call !== undefined) return false
    this.#services.set(name, { comment: `${source.place} ${source.text}`, ...service, call })
    return true
  }

  /** Says how connections to the service are used. False when something earlier says so already. */
  setTraffic(name: string, source: Setting, traffic: TrafficSections): boolean {
    const service = this.#services.get(name)
    if (service?.traffic !== undefined) return false
    this.#services.set(name, { comment: `${source.place} ${source.text}`, ...service, traffic })
    return true
  }

  hasTraffic(name: string): boolean {
    return this.#services.get(name)?.traffic !== undefined
  }

  /** The policy of a call to the service, and the operations of it. */
  policyOf(name: string): { readonly policy: Block; readonly operations: Block | undefined } {
    const service = this.#services.get(name)
    const { connect, budget, budgetFrom } = service?.traffic ?? {}
    const call = (service?.call ?? this.#unsaid)(budget)
    const policy = new Block()
    const timeout = connect === undefined ? new Block() : new Block().append(connect)
    timeout.append(call.timeout)
    policy.nest('timeout', withTimeLimit(timeout, this.#system))
    if (call.retry === undefined) {
      policy.put('retry', 'off', call.retryComment)
      budgetFrom?.note('these calls are not retried, so it has no effect')
    } else policy.nest('retry', call.retry, call.retryComment)
    policy.append(trafficBlock(service?.traffic))
    return { policy, operations: call.operations }
  }

  /** Says of a route of the gateway what is said of connections to the service that it leads to. */
  applyTraffic(route: Block): void {
    const traffic = this.#services.get(route.text('to') ?? '')?.traffic
    if (traffic === undefined) return
    const { connect } = traffic
    const timeout = route.below('timeout')
    if (connect !== undefined && timeout === undefined) route.nest('timeout', new Block().append(connect))
    else if (connect !== undefined) timeout?.fill(connect)
    route.fill(trafficBlock(traffic))
  }
}

function trafficBlock({ bulkhead, ejection, balance, warmUp }: TrafficSections = {}): Block {
  const block = new Block()
  if (bulkhead !== undefined) block.nest('bulkhead', bulkhead)
  if (ejection === 'off') block.put('ejection', 'off', 'consecutive5xxErrors is 0')
  else if (ejection !== undefined) block.nest('ejection', ejection)
  if (balance !== undefined) block.put('balance', balance.value, balance.comment)
  if (balance?.hashOn !== undefined) block.from('hashOn', balance.hashOn.value, balance.hashOn.from)
  if (warmUp !== undefined) block.from('warmUp', durationText(warmUp.value), warmUp.from)
  return block
}
