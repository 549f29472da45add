import type { ByteWindow } from './byte-window.js'
import type { Http1Limits } from './http1-limits.js'
import { type MessageRefusal, refusals } from './message-refusal.js'
import { CR, FIELD, HEX, hexValue, LF, octetClass, SPACE, TAB, TOKEN } from './octets.js'
import { MORE, type Progress, REFUSED } from './progress.js'

/** Bytes of a chunk are there. */
export const CHUNK = 3
/** The chunk of size zero has been read: trailers follow. */
export const LAST_CHUNK = 4

const SIZE = 0
const EXTENSION_NAME = 1
const EXTENSION_VALUE = 2
const QUOTED = 3
const QUOTED_PAIR = 4
const AFTER_QUOTED = 5
const SIZE_LF = 6
const DATA = 7
const DATA_CR = 8
const DATA_LF = 9

const SIZE_DIGITS_MAX = 8
const SEMICOLON = 59
const EQUALS = 61
const QUOTE = 34
const BACKSLASH = 92

/**
 * Reads a chunked body (RFC 9112, section 7.1) up to its last chunk. Extensions must be well formed and are dropped;
 * whitespace around them, which the grammar calls bad, is refused.
 */
export class ChunkedBody {
  refusal: MessageRefusal = refusals.chunkSize
  /** Of the bytes that `CHUNK` has announced: the first, and the one behind the last. */
  dataStart: number = 0
  dataEnd: number = 0
  private readonly limits: Http1Limits
  private state: number = SIZE
  private size: number = 0
  private digits: number = 0
  private extensionBytes: number = 0
  private isEmptyPart: boolean = false

  constructor(limits: Http1Limits) {
    this.limits = limits
  }

  begin(): void {
    this.state = SIZE
    this.size = 0
    this.digits = 0
    this.extensionBytes = 0
  }

  read(window: ByteWindow): Progress | typeof CHUNK | typeof LAST_CHUNK {
    while (window.at < window.end) {
      if (this.state === DATA) {
        this.dataStart = window.at
        this.dataEnd = Math.min(window.end, window.at + this.size)
        this.size -= this.dataEnd - window.at
        window.at = this.dataEnd
        if (this.size === 0) this.state = DATA_CR
        return CHUNK
      }
      const refusal = this.step(window.bytes[window.at]!)
      if (refusal !== undefined) {
        this.refusal = refusal
        return REFUSED
      }
      window.at += 1
      if (this.state === DATA && this.size === 0) return LAST_CHUNK
    }
    return MORE
  }

  /** Reads one byte that is not data. */
  private step(octet: number): MessageRefusal | undefined {
    if (this.state === SIZE) return this.readSize(octet)
    if (this.state < SIZE_LF) return this.readExtension(octet)
    if (this.state === SIZE_LF) {
      this.state = DATA
      return octet === LF ? undefined : refusals.bareCr
    }
    if (this.state === DATA_CR) {
      this.state = DATA_LF
      return octet === CR ? undefined : refusals.chunkEnd
    }
    this.state = SIZE
    this.digits = 0
    return octet === LF ? undefined : refusals.chunkEnd
  }

  private readSize(octet: number): MessageRefusal | undefined {
    if ((octetClass[octet]! & HEX) !== 0) {
      this.digits += 1
      this.size = this.size * 16 + hexValue(octet)
      return this.digits > SIZE_DIGITS_MAX ? refusals.chunkSize : undefined
    }
    if (this.digits === 0) return refusals.chunkSize
    return this.endPart(octet, refusals.chunkSize)
  }

  private readExtension(octet: number): MessageRefusal | undefined {
    this.extensionBytes += 1
    if (this.extensionBytes > this.limits.chunkExtensionBytesMax) return refusals.chunkExtensionsTooLarge
    if (this.state === QUOTED_PAIR) {
      this.state = QUOTED
      return (octetClass[octet]! & FIELD) === 0 ? refusals.chunkExtension : undefined
    }
    if (this.state === QUOTED) return this.readQuoted(octet)
    if (this.state === AFTER_QUOTED) return this.endPart(octet, refusals.chunkExtension)
    if ((octetClass[octet]! & TOKEN) !== 0) {
      this.isEmptyPart = false
      return undefined
    }
    if (octet === QUOTE && this.state === EXTENSION_VALUE && this.isEmptyPart) {
      this.state = QUOTED
      return undefined
    }
    if (this.isEmptyPart) return refusals.chunkExtension
    if (octet === EQUALS && this.state === EXTENSION_NAME) return this.beginPart(EXTENSION_VALUE)
    return this.endPart(octet, refusals.chunkExtension)
  }

  private readQuoted(octet: number): MessageRefusal | undefined {
    if (octet === QUOTE) this.state = AFTER_QUOTED
    else if (octet === BACKSLASH) this.state = QUOTED_PAIR
    else if (octet !== SPACE && octet !== TAB && (octetClass[octet]! & FIELD) === 0)
      return refusals.chunkExtension
    return undefined
  }

  /** Another extension, or the end of the line. */
  private endPart(octet: number, otherwise: MessageRefusal): MessageRefusal | undefined {
    if (octet === SEMICOLON) return this.beginPart(EXTENSION_NAME)
    this.state = SIZE_LF
    if (octet === CR) return undefined
    return octet === LF ? refusals.bareLf : otherwise
  }

  private beginPart(state: number): undefined {
    this.state = state
    this.isEmptyPart = true
  }
}
