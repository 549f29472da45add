import type { Json } from '../json.js'

/** An address that requests are sent to. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Where the endpoints of a service are, under the name of their cluster. */
export interface Upstream {
  readonly name: string
  readonly endpoints: readonly Address[]
  readonly protocol: 'http1' | 'h2'
  /** How connections are made safe; undefined for plain ones. */
  readonly tls: Json | undefined
}
