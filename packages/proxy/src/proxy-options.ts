import type { Writable } from 'node:stream'
import type { SystemModel } from '@watertight/manifest'
import type { Tracing } from '@watertight/telemetry'
import type { SheddingOptions } from './exchange/admissions.js'
import type { Posture } from './posture.js'
import type { ProxyCredentials } from './tls/open-credentials.js'

export interface ProxyOptions {
  readonly model: SystemModel
  readonly posture: Posture
  /** Where lines of the access log go. Default nowhere. */
  readonly accessLog?: Writable | undefined
  /** The port of the admin listener, on loopback; 0 for any. Default: none. */
  readonly adminPort?: number | undefined
  /** Where it takes in requests from others: the gateway, and the inbound port of a sidecar. Default 127.0.0.1. */
  readonly host?: string | undefined
  /** Where spans of requests, calls and attempts go. Default nowhere. */
  readonly tracing?: Tracing | undefined
  /**
   * Sheds what is more than the services behind, or this process, can bear, the least important first: at the gateway, and
   * at the inbound port of a sidecar. Where the document says `shedding` of one, that holds. Default: nothing is shed.
   */
  readonly shedding?: SheddingOptions | undefined
  /** What it shows to callers and services. Default: it speaks plain text. */
  readonly credentials?: ProxyCredentials | undefined
}
