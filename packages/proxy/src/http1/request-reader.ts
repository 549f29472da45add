import { latin1Text } from './latin1-text.js'
import { type ConnectionOptions, isToken, readConnection } from './connection-options.js'
import { framingOf, UNFRAMED } from './framing.js'
import type { HeaderBlock } from './header-block.js'
import { type HeaderNames, knownHeaders } from './header-names.js'
import { isHost } from './is-host.js'
import { type Http1Limits, http1LimitDefaults } from './http1-limits.js'
import { listMembers } from './list-members.js'
import type { RequestHead } from './message-head.js'
import { MessageReader } from './message-reader.js'
import { type MessageRefusal, refusals } from './message-refusal.js'
import { methodText } from './method-text.js'
import { RequestLine } from './request-line.js'
import { authorityOf, type TargetForm, targetForm } from './target-form.js'

/** The head that a reader has read, with its own fields. */
class ReadRequest implements RequestHead {
  method: string = ''
  target: string = ''
  targetForm: TargetForm = 'origin'
  minorVersion: number = 1
  readonly headers: HeaderBlock
  bodyLength: number = 0
  keepAlive: boolean = true
  expectsContinue: boolean = false
  upgrade: boolean = false

  constructor(headers: HeaderBlock) {
    this.headers = headers
  }
}

/** Reads the requests of one connection. */
export class RequestReader extends MessageReader {
  readonly head: RequestHead
  private readonly line: RequestLine
  private readonly read: ReadRequest
  private readonly options: ConnectionOptions = { close: false, keepAlive: false, upgrade: false }

  constructor(names: HeaderNames, limits: Http1Limits = http1LimitDefaults) {
    const line = new RequestLine()
    super(names, limits, line)
    this.line = line
    this.read = new ReadRequest(this.headers.block)
    this.head = this.read
  }

  protected override get framedLength(): number {
    return this.read.bodyLength
  }

  protected override acceptHead(): MessageRefusal | undefined {
    const { line, read, options } = this
    const { block } = this.headers
    const { bytes } = this.window
    read.method = methodText(bytes, line.methodStart, line.methodEnd)
    read.target = latin1Text(bytes, line.targetStart, line.targetEnd)
    read.minorVersion = line.minorVersion
    const form = targetForm(read.method, bytes, line.targetStart, line.targetEnd)
    if (form === undefined) return refusals.target
    read.targetForm = form
    const framing = framingOf(block, line.minorVersion)
    if (typeof framing !== 'number') return framing
    read.bodyLength = framing === UNFRAMED ? 0 : framing
    const host = this.checkHost()
    if (host !== undefined) return host
    if (!readConnection(block, options)) return refusals.connection
    read.keepAlive = line.minorVersion === 1 ? !options.close : options.keepAlive && !options.close
    return this.checkExpectation() ?? this.checkUpgrade()
  }

  /** Exactly one, of one host; before HTTP/1.1 there may be none. */
  private checkHost(): MessageRefusal | undefined {
    const { block } = this.headers
    const index = block.indexOf(knownHeaders.host)
    if (index < 0) return this.line.minorVersion === 0 ? undefined : refusals.host
    if (block.indexOf(knownHeaders.host, index + 1) >= 0) return refusals.host
    if (!isHost(block.bytes, block.valueStart(index), block.valueEnd(index))) return refusals.host
    return this.read.targetForm === 'origin' ? undefined : this.checkAuthority(index)
  }

  /** A target with an authority overrules Host (RFC 9112, section 3.2.2): two that differ are two requests in one. */
  private checkAuthority(host: number): MessageRefusal | undefined {
    const { line, read } = this
    if (read.targetForm === 'asterisk') return undefined
    const { block } = this.headers
    const [start, end] =
      read.targetForm === 'authority'
        ? [line.targetStart, line.targetEnd]
        : authorityOf(this.bytes, line.targetStart, line.targetEnd)!
    const authority = latin1Text(this.bytes, start, end).toLowerCase()
    return authority === block.valueText(host).toLowerCase() ? undefined : refusals.hostDiffers
  }

  private checkExpectation(): MessageRefusal | undefined {
    const { block } = this.headers
    const index = block.indexOf(knownHeaders.expect)
    this.read.expectsContinue = index >= 0 && this.read.minorVersion === 1
    if (index < 0) return undefined
    const isOne = block.indexOf(knownHeaders.expect, index + 1) < 0
    return isOne && block.valueIs(index, '100-continue') ? undefined : refusals.expectation
  }

  /** Without `Connection: upgrade` an `Upgrade` asks for nothing. */
  private checkUpgrade(): MessageRefusal | undefined {
    const { block } = this.headers
    const index = block.indexOf(knownHeaders.upgrade)
    // To HTTP/2 it is obsolete (RFC 9113, section 3.1), free to be ignored, and a way past every rule for requests. Java's
    // client asks for it with whatever it sends first, body or not.
    const isWanted = index >= 0 && this.options.upgrade && !namesHttp2(block.valueText(index))
    this.read.upgrade = isWanted && this.read.minorVersion === 1
    if (!this.read.upgrade) return undefined
    const isOne = block.indexOf(knownHeaders.upgrade, index + 1) < 0
    const protocols = listMembers(block.valueText(index))
    const areTokens = protocols.every((protocol) => protocol.split('/').every(isToken))
    return isOne && areTokens && this.read.bodyLength === 0 ? undefined : refusals.upgrade
  }

  /** The connection speaks another protocol from here on. */
  switchProtocol(): void {
    this.readRaw()
  }
}

function namesHttp2(protocols: string): boolean {
  return listMembers(protocols).some((protocol) => protocol.toLowerCase() === 'h2c')
}
