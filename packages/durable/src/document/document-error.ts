export type DocumentErrorCode =
  /** What the document names is not there, or not as the code has it. */
  | 'WT_DOCUMENT_MISMATCH'
  /** A variable of the environment that the document names is not set. */
  | 'WT_DOCUMENT_VARIABLE'

/** The document and the process that follows it do not fit together. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError'
  readonly code: DocumentErrorCode

  constructor(code: DocumentErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
