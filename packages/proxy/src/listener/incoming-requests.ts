import type { Exchange } from '../exchange/exchange.js'
import { proxyHeaderNames } from '../exchange/proxy-headers.js'
import {
  DATA,
  END,
  HEAD,
  type Http1Limits,
  type MessageRefusal,
  NEEDS_MORE,
  REFUSAL,
  type RequestHead,
  RequestReader,
} from '../http1/index.js'
import { sharedReadBuffer } from '../sockets/shared-read-buffer.js'
import { isHttp2Preface } from './is-http2-preface.js'

/** Requests that come while one is being answered are left in the socket beyond this. */
const AHEAD_BYTES_MAX = 65_536

/** The connection that requests come on. */
export interface RequestsOwner {
  /** It is closing, and takes none. */
  readonly isClosing: boolean
  /** A head has come: answers the exchange for it, or undefined where it is refused. */
  beginRequest(): Exchange | undefined
  /** All of the request under way has come. */
  requestEnded(): void
  /** What came is no request; `isHttp2` says what it is. */
  refuseMessage(refusal: MessageRefusal, isHttp2: boolean): void
}

/** The requests that come on one connection, in their order: each is read when the one before it has been answered. */
export class IncomingRequests {
  /** How many have been begun. */
  count: number = 0
  /** The one that is being answered. */
  exchange: Exchange | undefined = undefined
  /** All of it has come. */
  isEnded: boolean = true
  isReading: boolean = false
  /** What came last before the first request was read. */
  first: Buffer = NOTHING
  private readonly owner: RequestsOwner
  private readonly reader: RequestReader

  constructor(owner: RequestsOwner, limits: Http1Limits) {
    this.owner = owner
    this.reader = new RequestReader(proxyHeaderNames, limits)
  }

  get head(): RequestHead {
    return this.reader.head
  }

  /** Part of a request has come, and not its end. */
  get isUnderWay(): boolean {
    return this.reader.isUnderWay
  }

  /** Bytes have come that nobody has read. */
  get hasMore(): boolean {
    return this.reader.unread > 0
  }

  /** As much has come ahead of the answer as may. */
  get isFull(): boolean {
    return this.isEnded && this.reader.unread > AHEAD_BYTES_MAX
  }

  /** The first `length` bytes of this. They may change once `keepRest` has been called. */
  feed(chunk: Buffer, length: number): void {
    if (this.count === 0) this.first = chunk.subarray(0, length)
    this.reader.feed(chunk, length)
  }

  /** Copies what has not been read yet. */
  keepRest(): void {
    this.first = NOTHING
    this.reader.keepRest()
  }

  /** Reads as far as requests may be begun; `false` from within: whoever reads goes on. */
  read(): boolean {
    if (this.isReading) return false
    this.isReading = true
    this.readOn()
    this.isReading = false
    return true
  }

  /** What follows belongs to another protocol. */
  switchProtocol(): void {
    this.isEnded = false
    this.reader.switchProtocol()
  }

  private readOn(): void {
    const { reader, owner } = this
    while (this.exchange === undefined || !this.isEnded) {
      if (owner.isClosing) return
      switch (reader.next()) {
        case NEEDS_MORE:
          this.exchange?.start()
          return
        case HEAD:
          if (!this.begin()) return
          break
        case DATA:
          this.exchange?.bodyData(bodyPart(reader))
          break
        case END:
          this.end()
          break
        case REFUSAL:
          return owner.refuseMessage(reader.refusal, this.count === 0 && isHttp2Preface(this.first))
      }
    }
  }

  private begin(): boolean {
    this.count += 1
    this.isEnded = false
    this.exchange = this.owner.beginRequest()
    return this.exchange !== undefined
  }

  private end(): void {
    this.isEnded = true
    this.owner.requestEnded()
    this.exchange?.bodyEnded(this.reader.trailers)
    this.exchange?.start()
  }
}

/** Bodies are kept, for another attempt or until there is room: what lies in the buffer of all is copied. */
function bodyPart({ bytes, dataStart, dataEnd }: RequestReader): Buffer {
  const part = bytes.subarray(dataStart, dataEnd)
  return bytes === sharedReadBuffer ? Buffer.from(part) : part
}

const NOTHING = Buffer.alloc(0)
