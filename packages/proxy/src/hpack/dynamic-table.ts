import type { HeaderField } from './header-field.js'

/** The fields that came last on a connection, the newest first (RFC 7541, section 2.3.2), in a ring. */
export class DynamicTable {
  count: number = 0
  private readonly limit: number
  private bytesMax: number
  private bytes: number = 0
  private fields: (HeaderField | undefined)[] = empty(FIELDS_EXPECTED)
  /** Where the newest stands. */
  private newest: number = 0

  /** @param limit bytes that the peer may have it hold */
  constructor(limit: number) {
    this.limit = limit
    this.bytesMax = limit
  }

  /** The field with this number, 0 for the newest. */
  at(index: number): HeaderField | undefined {
    if (index >= this.count) return undefined
    return this.fields[(this.newest - index + this.fields.length) % this.fields.length]
  }

  /** One that is larger than the table empties it, and is no mistake (section 4.4). */
  add(field: HeaderField): void {
    this.evictTo(this.bytesMax - field.bytes)
    if (field.bytes > this.bytesMax) return
    if (this.count === this.fields.length) this.grow()
    this.newest = (this.newest + 1) % this.fields.length
    this.fields[this.newest] = field
    this.count += 1
    this.bytes += field.bytes
  }

  /** `false` for more than it may hold. */
  resize(bytesMax: number): boolean {
    if (bytesMax > this.limit) return false
    this.bytesMax = bytesMax
    this.evictTo(bytesMax)
    return true
  }

  private evictTo(bytesMax: number): void {
    while (this.bytes > bytesMax && this.count > 0) {
      const oldest = (this.newest - this.count + 1 + this.fields.length) % this.fields.length
      this.bytes -= this.fields[oldest]!.bytes
      this.fields[oldest] = undefined
      this.count -= 1
    }
  }

  private grow(): void {
    const { fields, count } = this
    const ordered = Array.from({ length: count }, (_, index) => this.at(count - 1 - index))
    this.fields = [...ordered, ...empty(fields.length)]
    this.newest = count - 1
  }
}

const FIELDS_EXPECTED = 16

function empty(length: number): undefined[] {
  return Array.from({ length }, () => undefined)
}
