import { suggest } from '@watertight/manifest/tooling'

/** A name that nobody here has; the message offers the nearest of those that somebody has. */
export class UnknownProgramError extends Error {
  readonly code = 'WT_UNKNOWN_PROGRAM'
  readonly known: readonly string[]

  constructor(
    action: string,
    name: string,
    known: readonly string[],
    what: 'program' | 'service' = 'program',
  ) {
    super(`cannot ${action} ${name}: there is no such ${what} in this run; ${suggest(name, known)}`)
    this.name = 'UnknownProgramError'
    this.known = known
  }
}
