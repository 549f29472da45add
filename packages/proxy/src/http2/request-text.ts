import { type FieldSink, fieldValue, type HeaderField } from '../hpack/index.js'
import { connectionHeaders } from './header-lines.js'

/** What a field is; 0 for one that nobody has looked at. */
const LINE = 1
const METHOD = 2
const PATH = 3
const AUTHORITY = 4
const SCHEME = 5
const HOST = 6
const COOKIE = 7
const LENGTH = 8
/** Neither version has it. */
const MALFORMED = 9

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/
const NO_VALUE = ''

const pseudoFields: Readonly<Record<string, number>> = {
  ':method': METHOD,
  ':path': PATH,
  ':authority': AUTHORITY,
  ':scheme': SCHEME,
}

const kinds: ReadonlyMap<string, number> = new Map([
  ['host', HOST],
  ['cookie', COOKIE],
  ['content-length', LENGTH],
  ...[...connectionHeaders].map((name): [string, number] => [name, MALFORMED]),
])

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
    if (field.kind === 0) field.kind = kindOf(field)
    const { kind, value } = field
    if (kind === MALFORMED) this.isMalformed = true
    else if (kind >= METHOD && kind <= SCHEME) this.pseudo(kind, value)
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
      kind === METHOD
        ? this.method
        : kind === PATH
          ? this.path
          : kind === AUTHORITY
            ? this.authority
            : this.scheme
    if (this.hasLines || former !== NO_VALUE || value === NO_VALUE) this.isMalformed = true
    else if (kind === METHOD) this.method = value
    else if (kind === PATH) this.path = value
    else if (kind === AUTHORITY) this.authority = value
    else this.scheme = value
  }

  private line(kind: number, field: HeaderField): void {
    const { value } = field
    this.hasLines = true
    if (kind === COOKIE) {
      this.cookie = this.cookie === '' ? value : `${this.cookie}; ${value}`
    } else if (kind === HOST) {
      if (this.host !== NO_VALUE && this.host !== value) this.isMalformed = true
      this.host = value
    } else {
      if (kind === LENGTH) this.isFramed = true
      if (field.line === '') field.line = `${field.name}: ${value}\r\n`
      this.lines += field.line
    }
  }
}

/** The trailers of a request as lines. */
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
    if (field.kind === 0) field.kind = kindOf(field)
    if (
      this.bytes > this.bytesMax ||
      (field.kind >= METHOD && field.kind <= SCHEME) ||
      field.kind === MALFORMED
    )
      this.lines = undefined
    if (this.lines !== undefined) this.lines += `${field.name}: ${field.value}\r\n`
  }
}

function kindOf({ name, value }: HeaderField): number {
  if (!isValue(value)) return MALFORMED
  if (name.startsWith(':')) return pseudoFields[name] ?? MALFORMED
  if (!TOKEN.test(name) || (name === 'te' && value !== 'trailers')) return MALFORMED
  return kinds.get(name) ?? LINE
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
