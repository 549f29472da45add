/** A document that a target cannot be made of. The message names what is missing. */
export class CompileError extends Error {
  override readonly name = 'CompileError'
  readonly code = 'WT_COMPILE'

  constructor(message: string, options?: ErrorOptions) {
    super(`cannot compile for envoy: ${message}`, options)
  }
}
