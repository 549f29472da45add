import type { Faults } from '@watertight/traffic'
import type { Caller } from '../exchange/caller.js'
import type { LocalAnswer } from '../exchange/local-answer.js'
import type { RequestHead } from '../http1/index.js'
import type { Destination } from '../upstream/destination.js'
import type { CrossOrigin } from './cross-origin.js'
import type { RequestMatcher } from './request-matcher.js'

/** What is done with the requests of a route. */
export type RouteAction = ForwardAction | RedirectAction | RespondAction

export interface RedirectAction {
  readonly kind: 'redirect'
  readonly status: number
  readonly location: (head: RequestHead, target: string, isSecure: boolean) => string
}

export interface RespondAction {
  readonly kind: 'respond'
  readonly answer: LocalAnswer
}

/** Passes the request on to a destination. */
export interface ForwardAction {
  readonly kind: 'forward'
  /** The only destination, or one of several: those requests that have the same key go to the same one. */
  readonly pick: (key: string | undefined) => Destination
  /** What keeps requests together. */
  readonly keyOf: (caller: Caller) => string | undefined
  /** The path that is sent; undefined for the one that came. */
  readonly changePath: ((path: string) => string) | undefined
  /** The host that is sent, in place of the one that came. */
  readonly host: string | undefined
  readonly changeRequest: ((lines: string) => string) | undefined
  /** Gets a copy of this share of requests, whose answers nobody waits for. */
  readonly mirror: { readonly destination: Destination; readonly share: number } | undefined
}

/** One route: which requests it takes, and what is done with them. */
export interface Route {
  /** A label from a bounded set, such as `/orders`. */
  readonly name: string
  readonly matches: RequestMatcher
  readonly action: RouteAction
  /** What goes wrong on purpose, before anything else happens. */
  readonly faults: Faults | undefined
  readonly crossOrigin: CrossOrigin | undefined
  /** Every answer has these changes. */
  readonly changeAnswer: ((lines: string) => string) | undefined
}

/** The first route that takes the request. */
export function findRoute(routes: readonly Route[], head: RequestHead, path: string): Route | undefined {
  for (let index = 0; index < routes.length; index++) {
    const route = routes[index]!
    if (route.matches(head, path)) return route
  }
  return undefined
}
