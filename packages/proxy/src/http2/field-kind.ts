import { fieldValue, type HeaderField } from '../hpack/index.js'
import { connectionHeaders } from './connection-headers.js'

/** What a field of a head is. */
export const fieldKinds = {
  /** Nobody has looked at it. */
  unknown: 0,
  line: 1,
  method: 2,
  path: 3,
  authority: 4,
  scheme: 5,
  host: 6,
  cookie: 7,
  length: 8,
  /** Neither version of HTTP has it. */
  malformed: 9,
  status: 10,
} as const

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/

const { line, method, path, authority, scheme, host, cookie, length, malformed, status } = fieldKinds

const pseudoFields: Readonly<Record<string, number>> = {
  ':method': method,
  ':path': path,
  ':authority': authority,
  ':scheme': scheme,
  ':status': status,
}

const kinds: ReadonlyMap<string, number> = new Map([
  ['host', host],
  ['cookie', cookie],
  ['content-length', length],
  ...[...connectionHeaders].map((name): [string, number] => [name, malformed]),
])

/** The kind of a field, which it keeps: one that is in a table comes again. */
export function kindOf(field: HeaderField): number {
  if (field.kind === fieldKinds.unknown) field.kind = foundKind(field)
  return field.kind
}

/** Whether it is one of those that stand before all others, and say what is asked for or how it went. */
export function isPseudo(kind: number): boolean {
  return (kind >= method && kind <= scheme) || kind === status
}

function foundKind({ name, value }: HeaderField): number {
  if (!isValue(value)) return malformed
  if (name.startsWith(':')) return pseudoFields[name] ?? malformed
  if (!TOKEN.test(name) || (name === 'te' && value !== 'trailers')) return malformed
  return kinds.get(name) ?? line
}

/** Nothing that a line could end with, and no whitespace at either end, which belongs to no value (section 8.2.1). */
function isValue(value: string): boolean {
  for (let at = 0; at < value.length; at++) {
    const octet = value.charCodeAt(at)
    if ((octet < SPACE && octet !== TAB) || octet === DELETE) return false
  }
  return fieldValue(value, 0, value.length) === value
}

const TAB = 9
const SPACE = 32
const DELETE = 127
