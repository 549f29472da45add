import type { RouteDurations } from '../admission/route-durations.js'
import { knownMethods } from './known-methods.js'

/** One route of the service: what is known of all requests to it. */
export class Route {
  /** `POST /orders/:id`; `POST *` for all whose template is unknown. */
  readonly name: string
  /** From the first request on that was observed. */
  durations: RouteDurations | undefined = undefined

  constructor(name: string) {
    this.name = name
  }
}

/** For methods that Node's parser lets pass but nobody has heard of. */
const OTHER = '_OTHER'
/** Templates are few; whoever hands out raw paths must not fill memory, nor the metrics. */
const ROUTES_MAX = 1_000
const UNKNOWN = '*'

/** The routes by method and template, each made once. */
export class RouteTable {
  readonly #byTemplate: Map<string, Map<string, Route>> = new Map()
  #size: number = 0

  of(method: string, template: string = UNKNOWN): Route {
    return this.#byTemplate.get(template)?.get(method) ?? this.#add(method, template)
  }

  #add(method: string, template: string): Route {
    if (method !== OTHER && !knownMethods.has(method)) return this.of(OTHER, template)
    if (this.#size >= ROUTES_MAX && template !== UNKNOWN) return this.of(method)
    let byMethod = this.#byTemplate.get(template)
    if (byMethod === undefined) this.#byTemplate.set(template, (byMethod = new Map()))
    const route = new Route(`${method} ${template}`)
    byMethod.set(method, route)
    this.#size += 1
    return route
  }
}
