import type { CallModel, RouteModel, SystemModel } from '../model/system-model.js'
import { worstCaseAttempts, worstCaseMs } from './attempts.js'
import { strongComponents } from './strong-components.js'

/** The path along which one request becomes the most requests. */
export interface WorstPath {
  readonly calls: readonly CallModel[]
  /** The attempts of each call, in order. */
  readonly factors: readonly number[]
  /** Their product. */
  readonly attempts: number
}

/**
 * Who calls whom, with the worst cases along the paths. Built once for a system; every question is answered by
 * one pass over services and calls, never by listing paths, of which there may be exponentially many.
 */
export class CallGraph {
  /** Services that nothing inside the system calls, and those that the gateway routes to. */
  readonly entries: readonly string[]
  /** Groups of services that call each other in a circle. */
  readonly cycles: readonly (readonly string[])[]
  /** Every service, each after what it calls (within a circle in any order). */
  readonly calleesFirst: readonly string[]
  readonly routesTo: ReadonlyMap<string, readonly RouteModel[]>
  readonly #model: SystemModel
  readonly #callees = new Map<string, CallModel[]>()
  readonly #callers = new Map<string, CallModel[]>()
  readonly #worst = new Map<string, { readonly attempts: number; readonly via: CallModel | undefined }>()
  readonly #busy = new Map<string, number>()

  constructor(model: SystemModel) {
    this.#model = model
    for (const call of model.calls) {
      // A call to a service that does not exist is a finding of its own and has no place in the graph.
      if (!model.services.has(call.to)) continue
      append(this.#callers, call.to, call)
      append(this.#callees, call.from, call)
    }
    const routes = new Map<string, RouteModel[]>()
    for (const route of model.routes) append(routes, route.to, route)
    this.routesTo = routes
    const names = [...model.services.keys()]
    this.entries = names.filter((name) => routes.has(name) || !this.#callers.has(name))
    const targets = (name: string): string[] => this.callsOf(name).map((call) => call.to)
    const components = strongComponents(names, targets)
    this.cycles = components.filter(
      ([only = '', ...others]) => others.length > 0 || targets(only).includes(only),
    )
    this.calleesFirst = components.flat()
    this.#settle(components)
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

  /** The most requests that one request to a service can cause at any one service behind it. */
  amplification(service: string): number {
    return this.#worst.get(service)?.attempts ?? 1
  }

  /** The calls that lead to that most amplified service. */
  worstPath(service: string): WorstPath {
    const calls: CallModel[] = []
    const seen = new Set<string>()
    let at = this.#worst.get(service)?.via
    while (at !== undefined && !seen.has(at.from)) {
      seen.add(at.from)
      calls.push(at)
      at = this.#worst.get(at.to)?.via
    }
    const factors = calls.map((call) => worstCaseAttempts(call, this.#model.meshAttempts))
    return { calls, factors, attempts: factors.reduce((product, factor) => product * factor, 1) }
  }

  /** The longest that one call keeps a service busy, in milliseconds; 0 for a service that calls nobody. */
  busyMs(service: string): number {
    return this.#busy.get(service) ?? 0
  }

  // Components arrive callees first, so each service finds the answers of its callees ready. Inside a cycle the
  // product has no bound; a call within one counts once, and the cycle is a finding of its own.
  #settle(components: readonly (readonly string[])[]): void {
    for (const component of components) {
      for (const name of component) {
        let attempts = 1
        let via: CallModel | undefined
        let busy = 0
        for (const call of this.callsOf(name)) {
          const product = worstCaseAttempts(call, this.#model.meshAttempts) * this.amplification(call.to)
          if (product > attempts || via === undefined) [attempts, via] = [product, call]
          busy = Math.max(busy, worstCaseMs(call.policy))
        }
        this.#worst.set(name, { attempts, via })
        this.#busy.set(name, busy)
      }
    }
  }
}

function append<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
