export type BrokerErrorCode =
  /** Events after a position were deleted before they were read. */
  | 'WT_BROKER_EVENTS_LOST'
  | 'WT_BROKER_CLOSED'
  /** It did not answer in time. */
  | 'WT_BROKER_DEADLINE'
  | 'WT_BROKER_MISSING_PACKAGE'
  /** It cannot be reached, or says that it cannot now. */
  | 'WT_BROKER_UNAVAILABLE'
  /** A topic is not there, or not as it must be. */
  | 'WT_BROKER_TOPIC'

/** A broker cannot do what was asked of it. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError'
  readonly code: BrokerErrorCode

  constructor(code: BrokerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
