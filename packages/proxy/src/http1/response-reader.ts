import { type ConnectionOptions, readConnection } from './connection-options.js'
import { CHUNKED, framingOf, UNFRAMED, UNTIL_CLOSE } from './framing.js'
import type { HeaderBlock } from './header-block.js'
import type { HeaderNames } from './header-names.js'
import { type Http1Limits, http1LimitDefaults } from './http1-limits.js'
import type { ResponseHead } from './message-head.js'
import { MessageReader } from './message-reader.js'
import { type MessageRefusal, refusals } from './message-refusal.js'
import { StatusLine } from './status-line.js'

class ReadResponse implements ResponseHead {
  status: number = 0
  minorVersion: number = 1
  readonly headers: HeaderBlock
  bodyLength: number = 0
  keepAlive: boolean = true
  informational: boolean = false

  constructor(headers: HeaderBlock) {
    this.headers = headers
  }
}

/** Reads the responses of one connection. Before each one it has to be told what was asked: `HEAD` has no body. */
export class ResponseReader extends MessageReader {
  readonly head: ResponseHead
  private readonly line: StatusLine
  private readonly read: ReadResponse
  private readonly options: ConnectionOptions = { close: false, keepAlive: false, upgrade: false }
  private isToHead: boolean = false
  private mayUpgrade: boolean = false

  constructor(names: HeaderNames, limits: Http1Limits = http1LimitDefaults) {
    const line = new StatusLine()
    super(names, limits, line)
    this.line = line
    this.read = new ReadResponse(this.headers.block)
    this.head = this.read
  }

  /** The next response answers this request. */
  expect(method: string, upgrade: boolean): void {
    this.isToHead = method === 'HEAD'
    this.mayUpgrade = upgrade
  }

  protected override get framedLength(): number {
    return this.read.bodyLength
  }

  protected override acceptHead(): MessageRefusal | undefined {
    const { line, read, options } = this
    const { block } = this.headers
    const { status, minorVersion } = line
    read.status = status
    read.minorVersion = minorVersion
    read.informational = status < 200 && status !== 101
    const framing = framingOf(block, minorVersion)
    if (typeof framing !== 'number') return framing
    if (!readConnection(block, options)) return refusals.connection
    read.keepAlive = minorVersion === 1 ? !options.close : options.keepAlive && !options.close
    // Nothing may follow it but another head: what it has announced would be read as the answer (RFC 9112, section 6.1).
    if (status < 200 && framing !== UNFRAMED && framing !== 0) return refusals.bodyBeforeAnswer
    // The same of 204. Its end is clear all the same (section 6.3), but some send what they have announced.
    if (status === 204 && framing === CHUNKED) read.keepAlive = false
    if (status === 101) return this.upgrade()
    if (read.informational || status === 204 || status === 304 || this.isToHead) read.bodyLength = 0
    else read.bodyLength = framing === UNFRAMED ? UNTIL_CLOSE : framing
    if (read.bodyLength === UNTIL_CLOSE) read.keepAlive = false
    return undefined
  }

  /** Nobody may change the protocol whom nobody has asked. */
  private upgrade(): MessageRefusal | undefined {
    if (!this.mayUpgrade || !this.options.upgrade) return refusals.upgrade
    this.read.bodyLength = UNTIL_CLOSE
    this.readRaw()
    return undefined
  }
}
