/** One address of the callee. */
export interface Endpoint {
  readonly name: string
  /** Such as `http://127.0.0.1:7001`. */
  readonly origin: string
  start(): Promise<void>
  /** Cuts its connections and refuses new ones. */
  stop(): Promise<void>
}
