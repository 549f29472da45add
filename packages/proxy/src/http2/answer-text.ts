import type { FieldSink, HeaderField } from '../hpack/index.js'
import { fieldKinds, isPseudo, kindOf } from './field-kind.js'

const NO_STATUS = ''

/** The head of an answer of HTTP/2 in the letters of HTTP/1.1, by whose grammar it is judged, as requests are. */
export class AnswerText implements FieldSink {
  private readonly bytesMax: number
  private bytes: number = 0
  private isMalformed: boolean = false
  private status: string = NO_STATUS
  private lines: string = ''
  private isFramed: boolean = false

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax
  }

  /** Another head follows it (RFC 9110, section 15.2). */
  get isInformational(): boolean {
    return this.status.startsWith('1')
  }

  field(field: HeaderField): void {
    this.bytes += field.bytes
    const kind = kindOf(field)
    if (this.bytes > this.bytesMax || kind === fieldKinds.malformed) this.isMalformed = true
    else if (isPseudo(kind)) this.take(kind, field.value)
    else {
      if (kind === fieldKinds.length) this.isFramed = true
      if (field.line === '') field.line = `${field.name}: ${field.value}\r\n`
      this.lines += field.line
    }
  }

  /** With its empty line; undefined for one that neither version has. `isEmpty`: nothing follows it. */
  text(isEmpty: boolean): string | undefined {
    const { status, lines } = this
    if (this.isMalformed || status === NO_STATUS) return undefined
    const saysItsEnd = !isEmpty || this.isFramed || status === '204' || status === '304'
    return `HTTP/1.1 ${status} \r\n${lines}${saysItsEnd ? '' : 'content-length: 0\r\n'}\r\n`
  }

  /** It comes first, and once (RFC 9113, section 8.3.2). */
  private take(kind: number, value: string): void {
    if (kind !== fieldKinds.status || this.status !== NO_STATUS || this.lines !== '') this.isMalformed = true
    else this.status = value
  }
}
