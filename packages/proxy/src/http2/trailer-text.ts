import type { FieldSink, HeaderField } from '../hpack/index.js'
import { fieldKinds, isPseudo, kindOf } from './field-kind.js'

/** The trailers of a message as lines. */
export class TrailerText implements FieldSink {
  /** Undefined for what are none. */
  lines: string | undefined = ''
  private readonly bytesMax: number
  private bytes: number = 0

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax
  }

  field(field: HeaderField): void {
    this.bytes += field.bytes
    const kind = kindOf(field)
    if (this.bytes > this.bytesMax || isPseudo(kind) || kind === fieldKinds.malformed) this.lines = undefined
    if (this.lines !== undefined) this.lines += `${field.name}: ${field.value}\r\n`
  }
}
