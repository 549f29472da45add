import type { Target } from '@watertight/traffic'
import type { Connections, Transport } from './transport.js'

/** Where an endpoint is, and by which name it is addressed there. */
export interface EndpointAddress {
  /** Such as `http://127.0.0.1:7001`. */
  readonly origin: string
  /** The `host` to ask for when the origin was resolved to an address; undefined when it says it itself. */
  readonly host: string | undefined
}

/** One place where a destination answers, with its own connections. */
export class Endpoint implements Target {
  readonly origin: string
  readonly host: string | undefined
  /** The origin by the name that it is asked for. */
  readonly namedOrigin: string
  /** Its place in the list of all, which may change when names are resolved again. */
  index: number
  /** Requests under way, until the end of their responses. */
  active: number = 0
  /** They are opened as requests need them. */
  readonly connections: Connections

  constructor(address: EndpointAddress, index: number, transport: Transport) {
    this.origin = address.origin
    this.host = address.host
    const scheme = address.origin.slice(0, address.origin.indexOf('//'))
    this.namedOrigin = address.host === undefined ? address.origin : `${scheme}//${address.host}`
    this.index = index
    this.connections = transport.open(this.origin, this.namedOrigin)
  }

  get full(): boolean {
    return this.connections.full
  }

  /** Lets requests under way end, then closes the connections. */
  async close(): Promise<void> {
    await this.connections.close()
  }

  async destroy(): Promise<void> {
    await this.connections.destroy()
  }
}
