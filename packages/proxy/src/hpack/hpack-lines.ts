import { fieldValue } from './field-value.js'
import { packedLength } from './packed-length.js'
import { staticTable } from './static-table.js'

/** Names come from services, which could make up as many as they like. */
const NAMES_MAX = 1_000

/** A size of 0 for the table that this side would have the peer keep (RFC 7541, section 6.3). */
export const NO_TABLE = '\x20'

/**
 * Header lines as a block of HTTP/2, one character a byte. Each stands for itself: nothing is kept in the peer's table, so
 * that blocks may be made in any order and cost no memory there. Lines without a place in HTTP/2 are left out.
 *
 * @param left names in lower case that are left out
 */
export class HpackLines {
  private readonly names: Map<string, string> = new Map()
  private readonly left: ReadonlySet<string>

  constructor(left: ReadonlySet<string>) {
    this.left = left
  }

  block(lines: string): string {
    let block = ''
    for (let start = 0, end = 0; start < lines.length; start = end + 2) {
      end = lines.indexOf('\r\n', start)
      if (end < 0) end = lines.length
      const colon = lines.indexOf(':', start)
      if (colon <= start || colon > end) continue
      const name = this.name(lines.slice(start, colon))
      if (name === '') continue
      const value = fieldValue(lines, colon + 1, end)
      block += name + packedLength(value.length) + value
    }
    return block
  }

  /** What stands before the value, or nothing for a line that is left out. */
  private name(name: string): string {
    const known = this.names.get(name)
    if (known !== undefined) return known
    const lower = name.toLowerCase()
    const packed = this.left.has(lower) ? '' : packedName(lower)
    if (this.names.size < NAMES_MAX) this.names.set(name, packed)
    return packed
  }
}

/** The status of an answer, which is the first of its fields. */
export function statusField(status: number): string {
  return (statusFields[status] ??= packedStatus(status))
}

const statusFields: string[] = []

function packedStatus(status: number): string {
  const text = String(status)
  const index = staticTable.findIndex(({ name, value }) => name === ':status' && value === text)
  if (index > 0) return String.fromCharCode(0x80 | index)
  return String.fromCharCode(STATUS_INDEX, text.length) + text
}

function packedName(name: string): string {
  const index = staticTable.findIndex((field) => field.name === name)
  if (index < 0 || name === '') return `\0${packedLength(name.length)}${name}`
  return index < 15 ? String.fromCharCode(index) : String.fromCharCode(15, index - 15)
}

const STATUS_INDEX = 8
