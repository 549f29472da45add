import { packedLength } from './packed-length.js'
import { staticTable } from './static-table.js'

/** What a request asks for, and of whom. */
export interface RequestFields {
  readonly method: string
  readonly scheme: string
  readonly path: string
  /** Empty where the request names nobody. */
  readonly authority: string
}

const AUTHORITY_INDEX = 1
const METHOD_INDEX = 2
const PATH_INDEX = 4
const SCHEME_INDEX = 6

/** The fields that a request begins with (RFC 9113, section 8.3.1), one character a byte. Nothing is kept in the table. */
export function requestFields({ method, scheme, path, authority }: RequestFields): string {
  const host = authority === '' ? '' : literal(AUTHORITY_INDEX, authority)
  return field(METHOD_INDEX, method) + field(SCHEME_INDEX, scheme) + literal(PATH_INDEX, path) + host
}

/** One whose value may stand in the static table, at its name's place or behind it. */
function field(index: number, value: string): string {
  for (const place of [index, index + 1])
    if (staticTable[place]!.value === value) return String.fromCharCode(0x80 | place)
  return literal(index, value)
}

function literal(index: number, value: string): string {
  return String.fromCharCode(index) + packedLength(value.length) + value
}
