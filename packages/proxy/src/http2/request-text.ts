import type { FieldSink, HeaderField } from '../hpack/index.js'
import { fieldKinds, isPseudo, kindOf } from './field-kind.js'

const NO_VALUE = ''

/**
 * The fields of a request of HTTP/2 in the letters of HTTP/1.1, so that one grammar judges both, and what one version
 * would take for the end of a line can never be smuggled through the other.
 */
export class RequestText implements FieldSink {
  /** It is larger than it may be, whatever else it is. */
  isTooLarge: boolean = false
  private readonly bytesMax: number
  private bytes: number = 0
  private isMalformed: boolean = false
  private hasLines: boolean = false
  private method: string = NO_VALUE
  private path: string = NO_VALUE
  private authority: string = NO_VALUE
  private scheme: string = NO_VALUE
  private host: string = NO_VALUE
  private cookie: string = ''
  private lines: string = ''
  private isFramed: boolean = false

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax
  }

  field(field: HeaderField): void {
    this.bytes += field.bytes
    if (this.bytes > this.bytesMax) {
      this.isTooLarge = true
      return
    }
    const kind = kindOf(field)
    if (kind === fieldKinds.malformed || kind === fieldKinds.status) this.isMalformed = true
    else if (isPseudo(kind)) this.pseudo(kind, field.value)
    else this.line(kind, field)
  }

  /** The head, with its empty line; undefined for one that neither version has. */
  text(isEnded: boolean): string | undefined {
    const { method, path, authority, host, cookie, lines } = this
    if (this.isMalformed || method === NO_VALUE) return undefined
    const isTunnel = method === 'CONNECT'
    // A tunnel has neither; all else has both (RFC 9113, sections 8.3.1 and 8.5).
    if (isTunnel !== (this.scheme === NO_VALUE) || isTunnel !== (path === NO_VALUE)) return undefined
    if (authority !== NO_VALUE && host !== NO_VALUE && authority !== host) return undefined
    const name = authority === NO_VALUE ? host : authority
    const cookies = cookie === '' ? '' : `cookie: ${cookie}\r\n`
    const framing = this.isFramed || isEnded ? '' : 'transfer-encoding: chunked\r\n'
    return `${method} ${isTunnel ? authority : path} HTTP/1.1\r\nhost: ${name}\r\n${lines}${cookies}${framing}\r\n`
  }

  /** They come first, and each once (section 8.3). */
  private pseudo(kind: number, value: string): void {
    const former =
      kind === fieldKinds.method
        ? this.method
        : kind === fieldKinds.path
          ? this.path
          : kind === fieldKinds.authority
            ? this.authority
            : this.scheme
    if (this.hasLines || former !== NO_VALUE || value === NO_VALUE) this.isMalformed = true
    else if (kind === fieldKinds.method) this.method = value
    else if (kind === fieldKinds.path) this.path = value
    else if (kind === fieldKinds.authority) this.authority = value
    else this.scheme = value
  }

  private line(kind: number, field: HeaderField): void {
    const { value } = field
    this.hasLines = true
    if (kind === fieldKinds.cookie) {
      this.cookie = this.cookie === '' ? value : `${this.cookie}; ${value}`
    } else if (kind === fieldKinds.host) {
      if (this.host !== NO_VALUE && this.host !== value) this.isMalformed = true
      this.host = value
    } else {
      if (kind === fieldKinds.length) this.isFramed = true
      if (field.line === '') field.line = `${field.name}: ${value}\r\n`
      this.lines += field.line
    }
  }
}
