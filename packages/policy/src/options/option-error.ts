/**
 * Thrown when a policy is constructed with an option it does not know or a value it cannot honour.
 *
 * The message states the action, what is allowed and what was given:
 * `cannot create retry: attempts must be an integer >= 1, got 0`.
 */
export class OptionError extends Error {
  override readonly name = 'OptionError'
  readonly code = 'WT_OPTION'
  /** The option at fault, as a path: `backoff.initialMs`. */
  readonly option: string

  constructor(message: string, option: string) {
    super(message)
    this.option = option
  }
}
