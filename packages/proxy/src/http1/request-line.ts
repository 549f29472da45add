import type { ByteWindow } from './byte-window.js'
import { type MessageRefusal, refusals } from './message-refusal.js'
import { CR, LF, octetClass, SPACE, TARGET, TOKEN } from './octets.js'
import { DONE, MORE, type Progress, REFUSED } from './progress.js'

const METHOD = 0
const TARGET_PART = 1
const VERSION = 2
const LINE_FEED = 3

const METHOD_BYTES_MAX = 32
/** `HTTP/1.` */
const VERSION_PREFIX: Uint8Array = Buffer.from('HTTP/1.', 'latin1')
/** The prefix, a digit and the carriage return. */
const VERSION_BYTES = 9

/** Reads `method SP request-target SP HTTP-version CRLF` (RFC 9112, section 3): single spaces, and nothing before. */
export class RequestLine {
  refusal: MessageRefusal = refusals.method
  methodStart: number = 0
  methodEnd: number = 0
  targetStart: number = 0
  targetEnd: number = 0
  /** 0 or 1. */
  minorVersion: number = 1
  private state: number = METHOD
  private bound: number = 0
  private versionStart: number = 0

  begin(start: number, bytesMax: number): void {
    this.state = METHOD
    this.methodStart = start
    this.bound = start + bytesMax
  }

  shift(by: number): void {
    this.bound += by
    this.methodStart += by
    this.methodEnd += by
    this.targetStart += by
    this.targetEnd += by
    this.versionStart += by
  }

  read(window: ByteWindow): Progress {
    const stop = Math.min(window.end, this.bound)
    for (;;) {
      if (window.at >= stop) return stop === this.bound ? this.refuse(refusals.targetTooLong) : MORE
      const progress = this.readOn(window, stop)
      if (progress !== MORE) return progress
    }
  }

  private readOn(window: ByteWindow, stop: number): Progress {
    switch (this.state) {
      case METHOD:
        return this.readMethod(window, stop)
      case TARGET_PART:
        return this.readTarget(window, stop)
      case VERSION:
        return this.readVersion(window)
      default:
        return this.endLine(window)
    }
  }

  private readMethod(window: ByteWindow, stop: number): Progress {
    const { bytes } = window
    let { at } = window
    const last = Math.min(stop, this.methodStart + METHOD_BYTES_MAX + 1)
    while (at < last && (octetClass[bytes[at]!]! & TOKEN) !== 0) at += 1
    window.at = at
    if (at - this.methodStart > METHOD_BYTES_MAX) return this.refuse(refusals.method)
    if (at === stop) return MORE
    if (bytes[at] !== SPACE || at === this.methodStart) return this.refuse(refusals.method)
    this.methodEnd = at
    window.at = at + 1
    this.targetStart = at + 1
    this.state = TARGET_PART
    return MORE
  }

  private readTarget(window: ByteWindow, stop: number): Progress {
    const { bytes } = window
    let { at } = window
    while (at < stop && (octetClass[bytes[at]!]! & TARGET) !== 0) at += 1
    window.at = at
    if (at === stop) return MORE
    if (bytes[at] !== SPACE || at === this.targetStart) return this.refuse(refusals.target)
    this.targetEnd = at
    window.at = at + 1
    this.versionStart = at + 1
    this.state = VERSION
    return MORE
  }

  private readVersion(window: ByteWindow): Progress {
    const octet = window.bytes[window.at]!
    const offset = window.at - this.versionStart
    window.at += 1
    if (offset < VERSION_PREFIX.length) {
      return octet === VERSION_PREFIX[offset] ? MORE : this.refuse(refusals.version)
    }
    if (offset < VERSION_BYTES - 1) {
      this.minorVersion = octet - 48
      return octet === 48 || octet === 49 ? MORE : this.refuse(refusals.version)
    }
    this.state = LINE_FEED
    return octet === CR ? MORE : this.refuse(octet === LF ? refusals.bareLf : refusals.version)
  }

  private endLine(window: ByteWindow): Progress {
    if (window.bytes[window.at] !== LF) return this.refuse(refusals.bareCr)
    window.at += 1
    return DONE
  }

  private refuse(refusal: MessageRefusal): Progress {
    this.refusal = refusal
    return REFUSED
  }
}
