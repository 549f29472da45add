/** Something that was asked for is not done; nothing has changed. */
export class ActionRefusedError extends Error {
  readonly code: string
  readonly hint: string | null

  constructor(message: string, code = 'WT_CONSOLE_ACTION', hint: string | null = null) {
    super(message)
    this.name = 'ActionRefusedError'
    this.code = code
    this.hint = hint
  }
}
