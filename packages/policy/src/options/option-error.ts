/**
 * Thrown when a policy is made with an option that it does not know or a value that it cannot honour.
 *
 * The message states the action, what is allowed and what was given:
 * `cannot create retry: attempts must be an integer >= 1, got 0`.
 */
export class OptionError extends Error {
  override readonly name = 'OptionError'
  readonly code = 'WT_OPTION'
  /** The option at fault, as a path: `backoff.initialMs`. */
  readonly option: string

  /** @param cause what went wrong before, when a wrong option came to light only then */
  constructor(message: string, option: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.option = option
  }
}
