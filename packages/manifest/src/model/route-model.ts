import type { RouteDocument } from '../document/gateway-document.js'
import type { Idempotence } from '../document/service-document.js'
import type { DocumentPath } from '../source/manifest-source.js'
import type { Scheme } from '../words/scheme-names.js'
import type { FallbackModel } from './fallback-model.js'
import type { PolicyModel } from './policy-model.js'

/** What a value must be: this text, one that starts so, one that an expression matches as a whole, any, or none. */
export interface ValueMatch {
  readonly kind: 'exact' | 'prefix' | 'regex' | 'present' | 'absent'
  /** Empty for `present` and `absent`. */
  readonly value: string
}

/** A header, in lower case, or a parameter of the query, and what it must be. */
export interface NamedMatch extends ValueMatch {
  readonly name: string
}

/** Which requests a route takes. */
export interface RouteMatch {
  readonly path: string
  /**
   * `segments`: the path and what is below it. `exact`: that path. `prefix`: whatever starts with these letters. `regex`:
   * what the expression matches as a whole, in linear time.
   */
  readonly pathKind: 'segments' | 'exact' | 'prefix' | 'regex'
  /** None stands for all, but for CONNECT and TRACE, which must be named. */
  readonly methods: readonly string[]
  /** In lower case, with `*.` in front for all names below. None stands for all. */
  readonly hosts: readonly string[]
  /** All of them must match. */
  readonly headers: readonly NamedMatch[]
  readonly query: readonly NamedMatch[]
}

export interface MirrorModel {
  readonly to: string
  readonly version: string | undefined
  /** From 0 to 1. */
  readonly share: number
}

export interface FaultModel {
  readonly delay: { readonly byMs: number; readonly share: number } | undefined
  readonly abort: { readonly status: number; readonly share: number } | undefined
}

/** Another path: in place of the `matched` part, of which there is one for `segments` and `prefix`, or of the `whole`. */
export interface PathChange {
  readonly part: 'matched' | 'whole'
  readonly path: string
}

export interface RewriteModel {
  readonly path: PathChange | undefined
  readonly host: string | undefined
}

/** Names are in lower case. First `remove`, then `set`, then `add`. */
export interface HeaderChanges {
  readonly set: readonly (readonly [name: string, value: string])[]
  readonly add: readonly (readonly [name: string, value: string])[]
  readonly remove: readonly string[]
}

/**
 * Where the caller is sent. What is undefined stays as it came; the port too, unless scheme or host change, which then
 * have the scheme's own. The query stays, unless the new path has one.
 */
export interface RedirectModel {
  readonly scheme: Scheme | undefined
  readonly host: string | undefined
  readonly port: number | undefined
  readonly path: PathChange | undefined
  readonly status: number
}

export interface RespondModel {
  readonly status: number
  /** Empty for none. */
  readonly body: string
  /** Undefined for no body. */
  readonly contentType: string | undefined
}

export interface CorsModel {
  /** `present` for all origins. */
  readonly origins: readonly ValueMatch[]
  readonly methods: readonly string[]
  readonly headers: readonly string[]
  readonly expose: readonly string[]
  readonly credentials: boolean
  readonly maxAgeMs: number
}

/** A route of the gateway: exactly one of `to`, `redirect` and `respond` is set. */
export interface RouteModel {
  readonly path: DocumentPath
  /** The route as it is written. */
  readonly document: RouteDocument
  readonly match: RouteMatch
  readonly to: string | undefined
  readonly redirect: RedirectModel | undefined
  readonly respond: RespondModel | undefined
  /** Its own values, then those of its named policy, then those of the gateway. */
  readonly policy: PolicyModel
  readonly operations: ReadonlyMap<string, Idempotence>
  readonly fallback: FallbackModel | undefined
  /** Relative weights of the versions; percentages are theirs. Empty for none. */
  readonly split: ReadonlyMap<string, number>
  readonly mirror: MirrorModel | undefined
  readonly fault: FaultModel | undefined
  readonly rewrite: RewriteModel | undefined
  readonly headers: { readonly request: HeaderChanges; readonly response: HeaderChanges }
  readonly cors: CorsModel | undefined
}

/** A route behind which a service answers. */
export interface ForwardingRoute extends RouteModel {
  readonly to: string
}
