/** What RFC 7541 counts for each field beside its letters (section 4.1). */
const OVERHEAD_BYTES = 32

/** A header as it came, one character a byte. It is kept in the table of its connection, and so is what was found of it. */
export class HeaderField {
  readonly name: string
  readonly value: string
  readonly bytes: number
  /** What whoever reads heads has found it to be; 0 for nothing yet. */
  kind: number = 0
  /** The line that it becomes in HTTP/1.1, once somebody has asked. */
  line: string = ''

  constructor(name: string, value: string) {
    this.name = name
    this.value = value
    this.bytes = name.length + value.length + OVERHEAD_BYTES
  }
}
