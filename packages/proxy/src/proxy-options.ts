import type { Writable } from 'node:stream'
import type { SystemModel } from '@watertight/manifest'

/** What a proxy stands for: the edge of the system, or one service in it. */
export type Posture = { readonly kind: 'gateway' } | { readonly kind: 'sidecar'; readonly service: string }

export interface ProxyOptions {
  readonly model: SystemModel
  readonly posture: Posture
  /** Where lines of the access log go. Default nowhere. */
  readonly accessLog?: Writable | undefined
  /** The port of the admin listener, on loopback; 0 for any. Default: none. */
  readonly adminPort?: number | undefined
}
