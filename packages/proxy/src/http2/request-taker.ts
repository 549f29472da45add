import type { Exchange } from '../exchange/exchange.js'
import { malformedRequest } from '../exchange/local-answer.js'
import { proxyHeaderNames } from '../exchange/proxy-headers.js'
import { type Http1Limits, readHeaderBlock } from '../http1/index.js'
import type { BodyTaker } from './stream-body.js'

const wrongLength = malformedRequest(400, 'the body must be as long as Content-Length says')
const wrongTrailers = malformedRequest(400, 'the trailers are malformed')

/** Hands the body of a request to its exchange. */
export class RequestTaker implements BodyTaker {
  /** Undefined for a request that is refused. */
  exchange: Exchange | undefined = undefined
  /** Lets more of the body come. */
  readonly widen: (bytes: number) => void
  private readonly limits: Http1Limits

  constructor(limits: Http1Limits, widen: (bytes: number) => void) {
    this.limits = limits
    this.widen = widen
  }

  data(bytes: Buffer): void {
    this.exchange?.bodyData(bytes)
  }

  bodyEnded(trailers: string): void {
    const { exchange } = this
    if (trailers === '') return exchange?.bodyEnded(undefined)
    const block = readHeaderBlock(trailers, proxyHeaderNames, this.limits)
    if (block === undefined) exchange?.refuseRequest(wrongTrailers)
    else exchange?.bodyEnded(block)
  }

  wrongLength(): void {
    this.exchange?.refuseRequest(wrongLength)
  }
}
