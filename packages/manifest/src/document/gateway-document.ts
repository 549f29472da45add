import type { Duration } from '../units/duration.js'
import type { Percentage } from '../units/percentage.js'
import type { Size } from '../units/size.js'
import type { Continue, ProxyEngine } from '../words/gateway-words.js'
import type { Scheme } from '../words/scheme-names.js'
import type { PolicySections } from './policy-document.js'
import type { SheddingDocument } from './shedding-document.js'
import type { FallbackDocument, OperationDocument } from './service-document.js'

/**
 * Which paths a route takes: `/x` itself and what is below it, exactly that, whatever starts with these letters, or what
 * an expression matches from its first letter to its last.
 */
export type PathMatchDocument =
  string | { readonly exact: string } | { readonly prefix: string } | { readonly regex: string }

/** A value of a header or of the query: this text, one that starts so, one that an expression matches, any, or none. */
export type ValueMatchDocument =
  | string
  | { readonly exact: string }
  | { readonly prefix: string }
  | { readonly regex: string }
  | { readonly present: boolean }

export interface RouteMatchDocument {
  readonly path: PathMatchDocument
  readonly methods?: readonly string[]
  /** Host names, such as `shop.example` or `*.shop.example`. Default: every one. */
  readonly hosts?: readonly string[]
  /** All of them must match. */
  readonly headers?: { readonly [name: string]: ValueMatchDocument }
  /** All of them must match; of a parameter that comes twice, the first value counts. */
  readonly query?: { readonly [name: string]: ValueMatchDocument }
}

/** A copy of requests for another service, or for another version, whose answers nobody sees. */
export interface MirrorDocument<Service extends string = string> {
  readonly to: Service
  readonly version?: string
  /** Default 100%. */
  readonly share?: Percentage
}

/** What goes wrong on purpose. */
export interface FaultDocument {
  readonly delay?: { readonly by: Duration; /** Default 100%. */ readonly share?: Percentage }
  readonly abort?: { readonly status: number; /** Default 100%. */ readonly share?: Percentage }
}

/**
 * What the service sees in place of what came. A text, or `prefix`, stands for the part of the path that the route
 * matched; `path` for all of it.
 */
export type RewriteDocument =
  string | { readonly prefix?: string; readonly path?: string; readonly host?: string }

export interface HeaderChangesDocument {
  readonly set?: { readonly [name: string]: string }
  readonly add?: { readonly [name: string]: string }
  readonly remove?: readonly string[]
}

/** Sends the caller elsewhere: `to` says it all, the other keys change one part and keep the rest. */
export interface RedirectDocument {
  readonly to?: string
  readonly scheme?: Scheme
  readonly host?: string
  readonly port?: number
  /** In place of the part of the path that the route matched. */
  readonly prefix?: string
  /** In place of the whole path. */
  readonly path?: string
  /** Default 307. */
  readonly status?: 301 | 302 | 303 | 307 | 308
}

/** The gateway's own answer. A text is sent as it is, anything else as JSON. */
export interface RespondDocument {
  readonly status: number
  readonly body?: unknown
}

/** What pages of other origins may do. */
export interface CorsDocument {
  /** `*` for all, or `https://shop.example`, `https://*.shop.example`. */
  readonly origins: readonly string[]
  /** Default: those of the route, or GET, HEAD and POST. */
  readonly methods?: readonly string[]
  /** Headers of a request beside the simple ones. Default none. */
  readonly headers?: readonly string[]
  /** Headers of an answer that a page may read. Default none. */
  readonly expose?: readonly string[]
  readonly credentials?: boolean
  /** How long a browser remembers the answer. Default 5s. */
  readonly maxAge?: Duration
}

/** Exactly one of `to`, `redirect` and `respond`, and all of a policy as a call has it. */
export interface RouteDocument<
  Service extends string = string,
  Policy extends string = string,
> extends PolicySections {
  readonly match: RouteMatchDocument
  readonly to?: Service
  readonly redirect?: RedirectDocument
  readonly respond?: RespondDocument
  readonly policy?: Policy
  readonly operations?: { readonly [operation: string]: OperationDocument }
  readonly fallback?: FallbackDocument
  /** Relative weights of the versions, or percentages. */
  readonly split?: { readonly [version: string]: number | Percentage }
  readonly mirror?: MirrorDocument<Service>
  readonly fault?: FaultDocument
  readonly rewrite?: RewriteDocument
  readonly headers?: { readonly request?: HeaderChangesDocument; readonly response?: HeaderChangesDocument }
  readonly cors?: CorsDocument
}

/** What a request may take of the gateway. */
export interface GatewayLimitsDocument {
  readonly idle?: Duration | 'off'
  readonly headersTimeout?: Duration
  readonly requestTimeout?: Duration | 'off'
  readonly headers?: Size
  readonly body?: Size | 'off'
  readonly requestsPerConnection?: number | 'off'
  readonly replayBody?: Size
}

export interface ListenDocument {
  /** The address that it listens at. Default 127.0.0.1: this machine alone calls it. */
  readonly host?: string
  readonly port: number
  readonly tls?: { readonly certificate: string; readonly key: string }
}

/** How requests come in; a policy here holds for every route that does not say otherwise. */
export interface GatewayDocument<
  Service extends string = string,
  Policy extends string = string,
> extends PolicySections {
  readonly listen?: ListenDocument
  readonly policy?: Policy
  readonly limits?: GatewayLimitsDocument
  /** Networks whose control headers count, such as `10.0.0.0/8`. Default: nobody's. */
  readonly trust?: readonly string[]
  readonly normalizePath?: boolean
  readonly mergeSlashes?: boolean
  readonly http10?: boolean
  readonly continue?: Continue
  /** What runs it under `watertight up`: ours, or the real Envoy. Default `node`. */
  readonly engine?: ProxyEngine
  /** What is more than the services behind it, or its own process, can bear. Default `off`. */
  readonly shedding?: SheddingDocument | 'off'
  readonly routes?: readonly RouteDocument<Service, Policy>[]
}
