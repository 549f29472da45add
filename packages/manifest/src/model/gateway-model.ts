import type { Continue, ProxyEngine } from '../words/gateway-words.js'
import type { Origin } from './origin.js'
import type { SheddingModel } from './shedding-model.js'

export interface ListenModel {
  readonly host: string
  readonly port: number
  /** Files, as the document names them: relative to it. */
  readonly tls: { readonly certificate: string; readonly key: string } | undefined
}

/** `Infinity` where the document says `off`. */
export interface GatewayLimits {
  readonly idleMs: number
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly headersBytes: number
  readonly bodyBytes: number
  readonly requestsPerConnection: number
  readonly replayBodyBytes: number
}

/** A network, or one address with all of its bits. */
export interface Network {
  readonly address: string
  readonly prefix: number
  readonly family: 'ipv4' | 'ipv6'
}

/** What the gateway lets in; the defaults where the document has none. Its routes stand in the system. */
export interface GatewayModel {
  readonly listen: ListenModel | undefined
  readonly limits: GatewayLimits
  /** Whose control headers count. */
  readonly trust: readonly Network[]
  readonly normalizePath: boolean
  readonly mergeSlashes: boolean
  readonly http10: boolean
  readonly continue: Continue
  /** What runs it under `watertight up`. */
  readonly engine: ProxyEngine
  /** What it refuses as more than can be borne: `false` for `off`, undefined where the document does not say. */
  readonly shedding: SheddingModel | false | undefined
  /** Where each value came from, by its dotted name below `gateway`: `limits.idle`. */
  readonly origins: ReadonlyMap<string, Origin>
}
