import type { Block } from './block.js'

export interface ImportOptions {
  /** The calling service, where the imported text does not name one. */
  readonly service?: string
  /** The name of the system. */
  readonly system?: string
  /** Profiles of Spring whose documents hold too. */
  readonly profiles?: readonly string[]
}

/** The parts of a manifest that one format fills. */
export interface Draft {
  readonly system: string
  /** Keys between `system` and `policies`, such as `enforce`. */
  readonly head: Block
  readonly policies: Block
  /** Blocks of services, the callers first. */
  readonly services: readonly Block[]
  readonly gateway?: Block | undefined
}
