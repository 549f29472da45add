import { latin1Text } from './latin1-text.js'
import { DROPPED_HEADER } from './header-names.js'
import { SPACE, TAB } from './octets.js'

/** Numbers kept for each header: where name and value begin and end, and which one it is. */
const FIELDS = 5
const ID = 4
/** Most requests have fewer. */
const HEADERS_EXPECTED = 16

/**
 * The headers of one message, as they came: an index into the bytes, which are neither copied nor made strings until
 * somebody asks. Lines follow each other without a gap, so that whole stretches are forwarded by one copy.
 */
export class HeaderBlock {
  bytes: Buffer = NO_BYTES
  count: number = 0
  /** Where the last line ends. */
  end: number = 0
  private spans: Int32Array = new Int32Array(HEADERS_EXPECTED * FIELDS)
  /** Places and numbers of those that are not to be forwarded, one after the other. */
  private readonly dropped: number[] = []
  /** What was forwarded last of these very lines, and without which. */
  private lastKept: string | undefined = undefined
  private lastDropped: Uint8Array | undefined = undefined

  clear(): void {
    this.count = 0
    this.bytes = NO_BYTES
    this.dropped.length = 0
    this.lastKept = undefined
  }

  /** The same lines have come once more: all that was dropped of them is there again. */
  restore(): void {
    const { dropped, spans } = this
    if (dropped.length === 0) return
    for (let at = 0; at < dropped.length; at += 2) spans[dropped[at]! * FIELDS + ID] = dropped[at + 1]!
    dropped.length = 0
    this.lastKept = undefined
  }

  add(nameStart: number, nameEnd: number, valueStart: number, valueEnd: number, id: number): void {
    let at = this.count * FIELDS
    if (at === this.spans.length) this.grow()
    const { spans } = this
    spans[at++] = nameStart
    spans[at++] = nameEnd
    spans[at++] = valueStart
    spans[at++] = valueEnd
    spans[at] = id
    this.count += 1
  }

  /** The bytes have moved within their buffer. */
  shift(by: number): void {
    const { spans } = this
    this.end += by
    for (let at = 0; at < this.count * FIELDS; at += FIELDS) {
      for (let field = 0; field < ID; field++) spans[at + field]! += by
    }
  }

  idAt(index: number): number {
    return this.spans[index * FIELDS + ID]!
  }

  lineStart(index: number): number {
    return this.spans[index * FIELDS]!
  }

  lineEnd(index: number): number {
    return index + 1 === this.count ? this.end : this.spans[(index + 1) * FIELDS]!
  }

  valueStart(index: number): number {
    return this.spans[index * FIELDS + 2]!
  }

  valueEnd(index: number): number {
    return this.spans[index * FIELDS + 3]!
  }

  /** Where the first header with this number stands, or -1. */
  indexOf(id: number, from: number = 0): number {
    const { spans } = this
    for (let index = from; index < this.count; index++) {
      if (spans[index * FIELDS + ID] === id) return index
    }
    return -1
  }

  /** Whether there is a header whose number is marked. */
  hasAny(marked: Uint8Array): boolean {
    for (let index = 0; index < this.count; index++) if (marked[this.idAt(index)] === 1) return true
    return false
  }

  /** Not to be forwarded. */
  drop(index: number): void {
    this.dropped.push(index, this.idAt(index))
    this.spans[index * FIELDS + ID] = DROPPED_HEADER
    this.lastKept = undefined
  }

  /** In lower case. */
  nameText(index: number): string {
    const at = index * FIELDS
    return latin1Text(this.bytes, this.spans[at]!, this.spans[at + 1]!).toLowerCase()
  }

  valueText(index: number): string {
    return latin1Text(this.bytes, this.valueStart(index), this.valueEnd(index))
  }

  /** The value of the first header with this number. */
  valueOf(id: number): string | undefined {
    const index = this.indexOf(id)
    return index < 0 ? undefined : this.valueText(index)
  }

  /** The value of a header by its name in lower case; several are joined as a list (RFC 9110, section 5.2). */
  get(name: string): string | undefined {
    let found: string | undefined
    const { spans } = this
    for (let index = 0; index < this.count; index++) {
      const at = index * FIELDS
      if (spans[at + 1]! - spans[at]! !== name.length || this.nameText(index) !== name) continue
      found = found === undefined ? this.valueText(index) : `${found}, ${this.valueText(index)}`
    }
    return found
  }

  /** Whether a value is this text; `lower` is in lower case, of letters, digits and hyphens. */
  valueIs(index: number, lower: string): boolean {
    const start = this.valueStart(index)
    if (this.valueEnd(index) - start !== lower.length) return false
    for (let at = 0; at < lower.length; at++) {
      if ((this.bytes[start + at]! | 0x20) !== lower.charCodeAt(at)) return false
    }
    return true
  }

  /** The lines that are to be forwarded, those whose number `dropped` does not mark, as they came. */
  keptText(dropped: Uint8Array): string {
    if (this.lastKept !== undefined && this.lastDropped === dropped) return this.lastKept
    this.lastDropped = dropped
    return (this.lastKept = this.textWithout(dropped))
  }

  private textWithout(dropped: Uint8Array): string {
    let text = ''
    let start = -1
    for (let index = 0; index < this.count; index++) {
      if (dropped[this.idAt(index)] === 0) {
        if (start < 0) start = this.lineStart(index)
      } else if (start >= 0) {
        text += latin1Text(this.bytes, start, this.lineStart(index))
        start = -1
      }
    }
    return start < 0 ? text : text + latin1Text(this.bytes, start, this.end)
  }

  private grow(): void {
    const spans = new Int32Array(this.spans.length * 2)
    spans.set(this.spans)
    this.spans = spans
  }
}

/** Where a value ends whose line ends at `end`: whitespace around it does not belong to it. */
export function trimmedEnd(bytes: Uint8Array, start: number, end: number): number {
  let last = end
  while (last > start && (bytes[last - 1] === SPACE || bytes[last - 1] === TAB)) last -= 1
  return last
}

const NO_BYTES: Buffer = Buffer.alloc(0)
