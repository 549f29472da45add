/** A partition that this member took for its own belongs to another by now: nothing was written. */
export class FencedError extends Error {
  override readonly name = 'FencedError'
  readonly code = 'WT_EVENTS_FENCED'
}

/** Which event of a batch failed, and with what. */
export class HandlerError extends Error {
  override readonly name = 'HandlerError'
  readonly code = 'WT_EVENTS_HANDLER'
  readonly index: number

  constructor(index: number, cause: unknown) {
    super(describeError(cause), { cause })
    this.index = index
  }
}

const DESCRIPTION_LENGTH_MAX = 2_000

/** What is kept of an error beside a parked event; text of the database holds no zero byte. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return text.replaceAll('\0', '').slice(0, DESCRIPTION_LENGTH_MAX)
}
