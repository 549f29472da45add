import type { Faults } from '@watertight/traffic'
import type { RequestHead } from '../http1/index.js'
import type { Destination } from '../upstream/destination.js'

/** What is done with the requests of a route. */
export type RouteAction =
  | ForwardAction
  | { readonly kind: 'redirect'; readonly status: number; readonly location: (head: RequestHead) => string }
  | { readonly kind: 'respond'; readonly status: number; readonly lines: string; readonly body: string }

/** Passes the request on to a destination. */
export interface ForwardAction {
  readonly kind: 'forward'
  /** Which destination this request goes to: the only one, or one of several by weight. */
  readonly pick: (head: RequestHead) => Destination
  /** The target that is sent; undefined for the one that came. */
  readonly rewrite: ((target: string) => string) | undefined
  readonly faults: Faults | undefined
}

/** One route: which requests it takes, and what is done with them. */
export interface Route {
  /** A label from a bounded set, such as `/orders`. */
  readonly name: string
  matches(head: RequestHead, path: string): boolean
  readonly action: RouteAction
}

/** The first route that takes the request. */
export function findRoute(routes: readonly Route[], head: RequestHead, path: string): Route | undefined {
  for (let index = 0; index < routes.length; index++) {
    const route = routes[index]!
    if (route.matches(head, path)) return route
  }
  return undefined
}
