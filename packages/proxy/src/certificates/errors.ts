/** What cannot be done with certificates, and why. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError'
  /** Stable, such as `WT_NO_AUTHORITY`. */
  readonly code: 'WT_AUTHORITY_EXISTS' | 'WT_NO_AUTHORITY' | 'WT_RESERVED_NAME'

  constructor(message: string, code: CertificateError['code']) {
    super(message)
    this.code = code
  }
}
