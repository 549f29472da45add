/** A time limit of a policy has passed. The operation was told by its signal, and may still be running. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
  readonly code = 'WT_TIMEOUT'
  /** The limit that passed, in milliseconds. */
  readonly timeoutMs: number

  constructor(timeoutMs: number) {
    super(`operation did not finish within ${timeoutMs} ms`)
    this.timeoutMs = timeoutMs
  }
}
