import { existsSync, rmSync, writeFileSync } from 'node:fs'

/**
 * A process that dies while a database is made leaves a broken one behind. A file beside the folder says so until the
 * database is whole, and what such a file stands beside is made anew. Whoever begins holds the lock on the folder.
 */
export class FolderCreation {
  readonly #mark: string

  private constructor(mark: string) {
    this.#mark = mark
  }

  /** Undefined where there is a whole database already. */
  static begin(folder: string): FolderCreation | undefined {
    const mark = `${folder}.unfinished`
    if (existsSync(mark)) rmSync(folder, { recursive: true, force: true })
    if (existsSync(folder)) return undefined
    writeFileSync(mark, '')
    return new FolderCreation(mark)
  }

  /** The database is whole. */
  finish(): void {
    rmSync(this.#mark, { force: true })
  }
}
