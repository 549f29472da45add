/** A request as it came over the wire, and how it ended. Times are milliseconds of one monotonic clock. */
export interface RecordedRequest {
  readonly endpoint: string
  /** Which call of the scenario it belongs to: 0, 1 ... */
  readonly call: number
  /** Which attempt of its call, from 0 on. */
  readonly attempt: number
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Which connection of the upstream it came on, counted from 1. */
  readonly connection: number
  /** When its head was there. */
  readonly at: number
  /** How often the endpoints of the callee had changed by then. */
  readonly epoch: number
  /** Grows until the request is complete. */
  body: string
  /** Undefined while it is under way. */
  endedAt: number | undefined
  /** The caller went away before the answer was complete. */
  abandoned: boolean
}

/** Says of which scenario and which call a request is; every driver forwards what it does not know. */
export const CALL_HEADER = 'x-conformance-call'
