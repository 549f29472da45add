import type { ExitCode } from './exit-code.js'

/** What a command cannot do, said to its user: no stack trace, a way out, an exit code. */
export class CommandError extends Error {
  /** Stable, such as `WT_NO_MANIFEST`. */
  readonly code: string
  readonly exitCode: ExitCode
  readonly hint: string | undefined

  constructor(
    message: string,
    detail: {
      readonly code: string
      readonly exitCode: ExitCode
      readonly hint?: string
      readonly cause?: unknown
    },
  ) {
    super(message, detail.cause === undefined ? {} : { cause: detail.cause })
    this.name = 'CommandError'
    this.code = detail.code
    this.exitCode = detail.exitCode
    this.hint = detail.hint
  }
}
