import type { ForwardingRoute } from '../model/route-model.js'
import type { CallModel, SystemModel } from '../model/system-model.js'
import { callMs, worstCaseAttempts } from './attempts.js'
import { AvailabilityBounds } from './availability-bounds.js'
import { RequestCounter, type Requests } from './requests.js'
import { strongComponents } from './strong-components.js'

/**
 * Who calls whom, with the worst cases along all ways. Built once for a system; every question is answered by passes
 * over services and calls, never by listing ways, of which there may be exponentially many.
 */
export class CallGraph {
  /** Services that nothing inside the system calls, and those that the gateway routes to. */
  readonly entries: readonly string[]
  /** Groups of services that call each other in a circle. */
  readonly cycles: readonly (readonly string[])[]
  /** Every service, each after what it calls (within a circle in any order). */
  readonly calleesFirst: readonly string[]
  readonly routesTo: ReadonlyMap<string, readonly ForwardingRoute[]>
  readonly #model: SystemModel
  readonly #callees = new Map<string, CallModel[]>()
  readonly #callers = new Map<string, CallModel[]>()
  readonly #all = new Map<string, number>()
  readonly #requests: RequestCounter
  #bounds: AvailabilityBounds | undefined

  constructor(model: SystemModel) {
    this.#model = model
    for (const call of model.calls) {
      // A call to a service that does not exist is a finding of its own and has no place in the graph.
      if (!model.services.has(call.to)) continue
      append(this.#callers, call.to, call)
      append(this.#callees, call.from, call)
    }
    const routes = new Map<string, ForwardingRoute[]>()
    for (const route of model.forwardingRoutes) append(routes, route.to, route)
    this.routesTo = routes
    const names = [...model.services.keys()]
    this.entries = names.filter((name) => routes.has(name) || !this.#callers.has(name))
    const targets = (name: string): string[] => this.callsOf(name).map((call) => call.to)
    const components = strongComponents(names, targets)
    this.cycles = components.filter(
      ([only = '', ...others]) => others.length > 0 || targets(only).includes(only),
    )
    this.calleesFirst = components.flat()
    this.#requests = new RequestCounter(
      (name) => this.callsOf(name),
      (call) => worstCaseAttempts(call, model.meshAttempts),
    )
    this.#addUp()
  }

  callsOf(service: string): readonly CallModel[] {
    return this.#callees.get(service) ?? []
  }

  callersOf(service: string): readonly CallModel[] {
    return this.#callers.get(service) ?? []
  }

  call(from: string, to: string): CallModel | undefined {
    return this.#model.services.get(from)?.calls.find((call) => call.to === to)
  }

  /** Where one request to a service becomes the most, over all ways that lead there. */
  busiest(service: string): Requests {
    return this.#requests.busiest(service)
  }

  /** The same of the services that a retried call leads to; the service itself when there is none. */
  mostRetried(service: string): Requests {
    return this.#requests.mostRetried(service)
  }

  /** All requests that one request to a service may cause anywhere, itself included: never less than at one place. */
  requestsInAll(service: string): number {
    return this.#all.get(service) ?? 1
  }

  /** How available a service can be at most, by what it cannot do without. */
  get availability(): AvailabilityBounds {
    this.#bounds ??= new AvailabilityBounds(this.#model)
    return this.#bounds
  }

  /** The longest that its calls keep a service busy, in milliseconds; 0 for a service that calls nobody. */
  busyMs(service: string, calls: readonly CallModel[] = this.callsOf(service)): number {
    const times = calls.map(callMs)
    const isSequential = this.#model.services.get(service)?.callOrder === 'sequential'
    return isSequential ? times.reduce((sum, ms) => sum + ms, 0) : Math.max(0, ...times)
  }

  // Services arrive callees first, so each finds the sums of its callees ready. Inside a circle there is no bound; a
  // call that leads back counts as one request, and the circle is a finding of its own.
  #addUp(): void {
    for (const name of this.calleesFirst) {
      let all = 1
      for (const call of this.callsOf(name)) {
        all += worstCaseAttempts(call, this.#model.meshAttempts) * (this.#all.get(call.to) ?? 1)
      }
      this.#all.set(name, all)
    }
  }
}

function append<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
