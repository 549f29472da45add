import type { ActionName } from '../model/action.js'

/** Something that an operator can have done. */
export interface Action {
  readonly name: ActionName
  /** Why it cannot be done here at all; null when it can. */
  obstacle(): string | null
  /**
   * Does it, and says in a plain sentence what was done.
   *
   * @throws ActionRefusedError when it was not done
   */
  act(body: unknown): Promise<string>
}
