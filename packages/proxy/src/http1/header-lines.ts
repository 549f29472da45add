import type { ByteWindow } from './byte-window.js'
import { HeaderBlock, trimmedEnd } from './header-block.js'
import type { HeaderNames } from './header-names.js'
import { type MessageRefusal, refusals } from './message-refusal.js'
import { COLON, CR, FIELD, LF, octetClass, SPACE, TAB, TOKEN } from './octets.js'
import { DONE, MORE, type Progress, REFUSED } from './progress.js'

/** What comes next in a block of header lines. */
const LINE = 0
const NAME = 1
const BEFORE_VALUE = 2
const VALUE = 3
const LINE_END = 4
const BLOCK_END = 5

/** What a block may hold, and what is said when it holds more. */
export interface BlockBounds {
  readonly headersMax: number
  readonly tooLarge: MessageRefusal
}

/**
 * Reads header lines up to the empty line that ends them, each byte once, and stops at any byte to go on at the next.
 *
 *     *( field-name ":" OWS field-value OWS CRLF ) CRLF        RFC 9112, section 5
 *
 * The lines are kept in a buffer of their own until the next ones have come. On one connection these are often the same to
 * the last byte, and then they come to the same: one comparison takes the place of reading them.
 */
export class HeaderLines {
  readonly block: HeaderBlock = new HeaderBlock()
  refusal: MessageRefusal = refusals.name
  private readonly names: HeaderNames
  private readonly bounds: BlockBounds
  private state: number = LINE
  /** No byte from here on may belong to the block. */
  private bound: number = 0
  private nameStart: number = 0
  private nameEnd: number = 0
  private valueStart: number = 0
  private valueEnd: number = 0
  private id: number = 0
  /** Nothing of this block has been read. */
  private isFresh: boolean = true
  private linesStart: number = 0
  /** The lines before these, with the empty one that ends them; of length 0 while there are none. */
  private known: Buffer = NO_BYTES
  private knownLength: number = 0

  constructor(names: HeaderNames, bounds: BlockBounds) {
    this.names = names
    this.bounds = bounds
  }

  begin(bound: number): void {
    this.isFresh = true
    this.state = LINE
    this.bound = bound
  }

  /** The bytes have moved within their buffer. */
  shift(by: number): void {
    this.bound += by
    if (this.isFresh) return
    this.block.shift(by)
    this.linesStart += by
    this.nameStart += by
    this.nameEnd += by
    this.valueStart += by
    this.valueEnd += by
  }

  read(window: ByteWindow): Progress {
    if (this.isFresh) {
      if (this.areKnown(window)) return DONE
      this.beginLines(window.at)
    }
    const stop = Math.min(window.end, this.bound)
    for (;;) {
      if (window.at >= stop) return stop === this.bound ? this.refuse(this.bounds.tooLarge) : MORE
      const progress = this.readOn(window, stop)
      if (progress !== MORE) return progress
    }
  }

  /** Whether the very same lines come once more; they are read then. */
  private areKnown(window: ByteWindow): boolean {
    const { at } = window
    const { knownLength } = this
    const end = at + knownLength
    if (knownLength === 0 || end > window.end || end > this.bound) return false
    if (window.bytes.compare(this.known, 0, knownLength, at, end) !== 0) return false
    this.isFresh = false
    this.block.restore()
    window.at = end
    return true
  }

  private beginLines(start: number): void {
    this.isFresh = false
    this.knownLength = 0
    this.linesStart = start
    this.block.clear()
  }

  /** Goes on where reading has stopped, to the end of the line if it is there. */
  private readOn(window: ByteWindow, stop: number): Progress {
    switch (this.state) {
      case LINE:
        return this.beginLine(window, stop)
      case NAME:
        return this.readName(window, stop)
      case BEFORE_VALUE:
        return this.skipSpace(window, stop)
      case VALUE:
        return this.readValue(window, stop)
      case LINE_END:
        return this.endLine(window)
      default:
        return this.endBlock(window)
    }
  }

  private beginLine(window: ByteWindow, stop: number): Progress {
    const octet = window.bytes[window.at]!
    if (octet === CR) {
      window.at += 1
      this.state = BLOCK_END
      return MORE
    }
    if (octet === LF) return this.refuse(refusals.bareLf)
    if (octet === SPACE || octet === TAB) return this.refuse(refusals.fold)
    if (this.block.count === this.bounds.headersMax) return this.refuse(refusals.tooManyHeaders)
    this.nameStart = window.at
    this.state = NAME
    return this.readName(window, stop)
  }

  private readName(window: ByteWindow, stop: number): Progress {
    const { bytes } = window
    let { at } = window
    while (at < stop && (octetClass[bytes[at]!]! & TOKEN) !== 0) at += 1
    window.at = at
    if (at === stop) return MORE
    if (bytes[at] !== COLON || at === this.nameStart) return this.refuse(refusals.name)
    this.nameEnd = at
    this.id = this.names.find(bytes, this.nameStart, at)
    window.at = at + 1
    this.state = BEFORE_VALUE
    return this.skipSpace(window, stop)
  }

  private skipSpace(window: ByteWindow, stop: number): Progress {
    const { bytes } = window
    let { at } = window
    while (at < stop && (bytes[at] === SPACE || bytes[at] === TAB)) at += 1
    window.at = at
    if (at === stop) return MORE
    this.valueStart = at
    this.state = VALUE
    return this.readValue(window, stop)
  }

  private readValue(window: ByteWindow, stop: number): Progress {
    const { bytes } = window
    let { at } = window
    while (at < stop && (octetClass[bytes[at]!]! & FIELD) !== 0) at += 1
    window.at = at
    if (at === stop) return MORE
    if (bytes[at] !== CR) return this.refuse(bytes[at] === LF ? refusals.bareLf : refusals.value)
    this.valueEnd = trimmedEnd(bytes, this.valueStart, at)
    window.at = at + 1
    this.state = LINE_END
    return at + 1 < stop ? this.endLine(window) : MORE
  }

  private endLine(window: ByteWindow): Progress {
    if (window.bytes[window.at] !== LF) return this.refuse(refusals.bareCr)
    window.at += 1
    this.block.add(this.nameStart, this.nameEnd, this.valueStart, this.valueEnd, this.id)
    this.block.end = window.at
    this.state = LINE
    return MORE
  }

  private endBlock(window: ByteWindow): Progress {
    if (window.bytes[window.at] !== LF) return this.refuse(refusals.bareCr)
    if (this.block.count === 0) this.block.end = window.at - 1
    window.at += 1
    this.keep(window)
    return DONE
  }

  private keep(window: ByteWindow): void {
    const { block, linesStart } = this
    const length = window.at - linesStart
    if (length > this.known.length) this.known = Buffer.allocUnsafeSlow(roundedUp(length))
    window.bytes.copy(this.known, 0, linesStart, window.at)
    this.knownLength = length
    block.bytes = this.known
    block.shift(-linesStart)
  }

  private refuse(refusal: MessageRefusal): Progress {
    this.refusal = refusal
    return REFUSED
  }
}

/** So that lines that are a little longer than those before need no other buffer. */
function roundedUp(length: number): number {
  return (length + 255) & ~255
}

const NO_BYTES: Buffer = Buffer.alloc(0)
