/** A name that nobody here has. */
export class UnknownProgramError extends Error {
  readonly code = 'WT_UNKNOWN_PROGRAM'
  readonly known: readonly string[]

  constructor(action: string, name: string, known: readonly string[]) {
    super(`cannot ${action} ${name}: there is no such program in this run`)
    this.name = 'UnknownProgramError'
    this.known = known
  }
}
