import type { ByteWindow } from './byte-window.js'
import { type MessageRefusal, refusals } from './message-refusal.js'
import { CR, FIELD, LF, octetClass, SPACE } from './octets.js'
import { DONE, MORE, type Progress, REFUSED } from './progress.js'

/** `HTTP/1.` and a digit, a space, three digits: at these places. */
const PREFIX: Uint8Array = Buffer.from('HTTP/1.', 'latin1')
const MINOR = 7
const FIRST_SPACE = 8
const FIRST_DIGIT = 9
const AFTER_DIGITS = 12

/**
 * Reads `HTTP-version SP status-code SP [ reason-phrase ] CRLF` (RFC 9112, section 4). The second space may be missing
 * where there is no phrase: servers that leave it out are many, and nobody can read it in two ways.
 */
export class StatusLine {
  refusal: MessageRefusal = refusals.status
  status: number = 0
  minorVersion: number = 1
  private start: number = 0
  private bound: number = 0
  private isEnding: boolean = false

  begin(start: number, bytesMax: number): void {
    this.start = start
    this.bound = start + bytesMax
    this.status = 0
    this.isEnding = false
  }

  shift(by: number): void {
    this.start += by
    this.bound += by
  }

  read(window: ByteWindow): Progress {
    const stop = Math.min(window.end, this.bound)
    const { bytes } = window
    while (window.at < stop) {
      const octet = bytes[window.at]!
      const offset = window.at - this.start
      if (this.isEnding) {
        if (octet !== LF) return this.refuse(refusals.bareCr)
        window.at += 1
        return DONE
      }
      if (!this.accepts(octet, offset)) return this.refuse(octet === LF ? refusals.bareLf : refusals.status)
      if (octet === CR) this.isEnding = true
      window.at += 1
    }
    return stop === this.bound ? this.refuse(refusals.status) : MORE
  }

  private accepts(octet: number, offset: number): boolean {
    if (offset < MINOR) return octet === PREFIX[offset]
    if (offset === MINOR) {
      this.minorVersion = octet - 48
      return octet === 48 || octet === 49
    }
    if (offset === FIRST_SPACE) return octet === SPACE
    if (offset < AFTER_DIGITS) {
      const digit = octet - 48
      this.status = this.status * 10 + digit
      return digit >= (offset === FIRST_DIGIT ? 1 : 0) && digit <= (offset === FIRST_DIGIT ? 5 : 9)
    }
    if (octet === CR) return true
    return offset === AFTER_DIGITS ? octet === SPACE : (octetClass[octet]! & FIELD) !== 0
  }

  private refuse(refusal: MessageRefusal): Progress {
    this.refusal = refusal
    return REFUSED
  }
}
