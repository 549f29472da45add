import type { Dispatcher } from 'undici'

/** What carries one exchange at a time to an endpoint. */
export interface Connection {
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean
  /** The exchange has ended and the connection is as good as before. */
  release(): void
  /** The exchange has not ended well: nothing more is sent here. */
  discard(reason: Error): void
}

/** The connections to one endpoint. */
export interface Connections {
  /** No further exchange can begin now. */
  readonly full: boolean
  acquire(): Connection
  /** Lets exchanges under way end, then closes everything. */
  close(): Promise<void>
  destroy(): Promise<void>
}
