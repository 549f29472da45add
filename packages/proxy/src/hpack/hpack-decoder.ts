import { DynamicTable } from './dynamic-table.js'
import { HeaderField } from './header-field.js'
import { huffmanText } from './huffman-text.js'
import { staticTable } from './static-table.js'

/** Bytes of a table that a peer may have us keep: the default of HTTP/2, which every peer may count on. */
const TABLE_BYTES_MAX = 4_096
/** More than any length in a block of headers can be; five octets of a number at most. */
const NUMBER_MAX = 2 ** 28

/** Takes the fields of a block in their order. */
export interface FieldSink {
  field(field: HeaderField): void
}

/**
 * Reads blocks of headers as HTTP/2 packs them (RFC 7541). One for each direction of a connection: each block builds on
 * those before it, so that all must be read, those of requests that nobody wants included.
 */
export class HpackDecoder {
  private readonly table: DynamicTable = new DynamicTable(TABLE_BYTES_MAX)
  private bytes: Buffer = NO_BYTES
  private at: number = 0
  private end: number = 0
  private isBroken: boolean = false

  /** `false` for a block that cannot be read: nothing on its connection can be, after it. */
  decode(block: Buffer, sink: FieldSink): boolean {
    this.bytes = block
    this.at = 0
    this.end = block.length
    let isFirst = true
    while (this.at < this.end) {
      const octet = block[this.at]!
      if ((octet & 0xe0) === 0x20) {
        // Only where a block begins (section 4.2).
        if (!isFirst || !this.table.resize(this.number(5))) return false
        continue
      }
      isFirst = false
      const field = (octet & 0x80) !== 0 ? this.found(this.number(7)) : this.literal(octet)
      if (field === undefined || this.isBroken) return false
      sink.field(field)
    }
    this.bytes = NO_BYTES
    return !this.isBroken
  }

  private found(index: number): HeaderField | undefined {
    if (index < staticTable.length) return index === 0 ? undefined : staticTable[index]
    return this.table.at(index - staticTable.length)
  }

  /** With indexing `01`, without `0000`, and never to be indexed `0001`: forwarded anew, the last two are alike. */
  private literal(octet: number): HeaderField | undefined {
    const isKept = (octet & 0x40) !== 0
    const index = this.number(isKept ? 6 : 4)
    const name = index === 0 ? this.text() : this.found(index)?.name
    const value = this.text()
    if (name === undefined || value === undefined) return undefined
    const field = new HeaderField(name, value)
    if (isKept) this.table.add(field)
    return field
  }

  private text(): string | undefined {
    if (this.at >= this.end) return undefined
    const isPacked = (this.bytes[this.at]! & 0x80) !== 0
    const length = this.number(7)
    const start = this.at
    if (this.isBroken || length > this.end - start) return undefined
    this.at = start + length
    if (!isPacked) return this.bytes.toString('latin1', start, this.at)
    if (scratch.length < length * 2) scratch = Buffer.allocUnsafe(length * 2)
    return huffmanText(this.bytes, start, this.at, scratch)
  }

  /** A number in the last bits of an octet, and in further ones if they do not suffice (section 5.1). */
  private number(bits: number): number {
    const most = (1 << bits) - 1
    const first = this.bytes[this.at++]! & most
    if (first < most) return first
    let number = most
    for (let factor = 1; this.at < this.end && number < NUMBER_MAX; factor *= 128) {
      const octet = this.bytes[this.at++]!
      number += (octet & 0x7f) * factor
      if (octet < 0x80) return number
    }
    this.isBroken = true
    return 0
  }
}

/** Where packed text is unpacked: nothing stays in it. */
let scratch: Buffer = Buffer.allocUnsafe(4_096)
const NO_BYTES: Buffer = Buffer.alloc(0)
