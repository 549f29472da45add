import type { RouteDurations } from '../admission/route-durations.js'
import { knownMethods } from './known-methods.js'
import type { Idempotence } from './may-repeat.js'
import { OperationPattern, pathSegments } from './operation-pattern.js'

/** One route: an operation that is described, or all requests of a method that are not. */
export class Route {
  /** `POST /orders/:id`; `POST *` for all whose template is unknown. From a bounded set, and so fit for a label. */
  readonly name: string
  /** Undefined where nothing is said. */
  readonly idempotence: Idempotence | undefined
  /** How long its requests took, from the first one on that was observed. */
  durations: RouteDurations | undefined = undefined

  constructor(name: string, idempotence?: Idempotence) {
    this.name = name
    this.idempotence = idempotence
  }
}

/** For methods that a parser lets pass but nobody has heard of, as OpenTelemetry names them. */
const OTHER = '_OTHER'
/** Templates are few; whoever hands out raw paths must not fill memory, nor the metrics. */
const ROUTES_MAX = 1_000
/** Paths come from requests: what was looked up is kept only up to this many. */
const REMEMBERED_MAX = 1_000
const UNKNOWN = '*'

/**
 * The routes of a service: those that are described, by method and path, where the first that matches in the order given
 * counts, and those that a framework names by their templates. Each is made once.
 */
export class RouteTable {
  readonly #described: readonly (readonly [pattern: OperationPattern, route: Route])[]
  readonly #byTemplate: RoutesByMethod = new RoutesByMethod(ROUTES_MAX)
  readonly #byPath: RoutesByMethod = new RoutesByMethod(REMEMBERED_MAX)

  constructor(operations: Iterable<readonly [name: string, idempotence: Idempotence]> = []) {
    this.#described = Array.from(operations, ([name, idempotence]) => [
      new OperationPattern(name),
      new Route(name, idempotence),
    ])
  }

  /** The route of a path as it was sent, its query included. */
  find(method: string, path: string): Route {
    if (this.#described.length === 0) return this.of(method)
    const query = path.indexOf('?')
    const plain = query < 0 ? path : path.slice(0, query)
    const known = this.#byPath.get(plain, method)
    if (known !== undefined) return known
    const segments = pathSegments(plain)
    const found =
      this.#described.find(([pattern]) => pattern.matches(method, segments))?.[1] ?? this.of(method)
    this.#byPath.add(plain, method, found)
    return found
  }

  /** The route of a template. */
  of(method: string, template: string = UNKNOWN): Route {
    return this.#byTemplate.get(template, method) ?? this.#newRoute(method, template)
  }

  #newRoute(method: string, template: string): Route {
    if (method !== OTHER && !knownMethods.has(method)) return this.of(OTHER, template)
    if (template !== UNKNOWN && this.#byTemplate.full) return this.of(method)
    const route = new Route(`${method} ${template}`)
    this.#byTemplate.add(template, method, route, template === UNKNOWN)
    return route
  }
}

/** A bounded number of routes, found without making a key. */
class RoutesByMethod {
  readonly #routes: Map<string, Map<string, Route>> = new Map()
  readonly #max: number
  #size: number = 0

  constructor(max: number) {
    this.#max = max
  }

  get full(): boolean {
    return this.#size >= this.#max
  }

  get(path: string, method: string): Route | undefined {
    return this.#routes.get(path)?.get(method)
  }

  /** Does nothing when it is full, unless it must. */
  add(path: string, method: string, route: Route, must: boolean = false): void {
    if (this.full && !must) return
    let byMethod = this.#routes.get(path)
    if (byMethod === undefined) this.#routes.set(path, (byMethod = new Map()))
    byMethod.set(method, route)
    this.#size += 1
  }
}
