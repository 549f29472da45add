/** The text is nothing that can be imported: broken YAML, too large, or another format altogether. */
export class ImportError extends Error {
  readonly code = 'WT_IMPORT'
  /** From 1; absent when no single line is at fault. */
  readonly line: number | undefined

  constructor(message: string, line?: number) {
    super(message)
    this.name = 'ImportError'
    this.line = line
  }
}
