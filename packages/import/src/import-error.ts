export interface ImportErrorDetail {
  /** The text at fault; absent when it is all of them. */
  readonly file?: string | undefined
  /** From 1; absent when no single line is at fault. */
  readonly line?: number | undefined
  /** What to do about it. */
  readonly hint?: string | undefined
}

/** The text is nothing that can be imported: broken YAML, too large, or another format altogether. */
export class ImportError extends Error {
  readonly code = 'WT_IMPORT'
  readonly file: string | undefined
  readonly line: number | undefined
  readonly hint: string | undefined

  constructor(message: string, { file, line, hint }: ImportErrorDetail = {}) {
    super(message)
    this.name = 'ImportError'
    this.file = file
    this.line = line
    this.hint = hint
  }
}
