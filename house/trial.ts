import type { Mutation } from './mutations.js'

/** A mutation to try, or none to see that the tests pass without. */
export interface Trial {
  readonly path: string
  readonly mutation?: Mutation
  readonly tests: readonly string[]
}
