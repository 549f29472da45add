import { systemClock } from '@watertight/policy/decisions'
import type { Fault } from '@watertight/traffic'
import { proxyHeaderNames } from '../exchange/proxy-headers.js'
import { END, HEAD, http1LimitDefaults, ResponseReader } from '../http1/index.js'
import type { Endpoint, PendingRequest } from '../upstream/endpoint.js'
import type { OutgoingHead, UpstreamStream } from '../upstream/upstream-stream.js'

/** Has an attempt that was struck wait, and then go its way, or be answered in place of the endpoint. */
export function sufferFault({ delayMs, end }: Fault, request: PendingRequest, endpoint: Endpoint): void {
  systemClock.setTimer(delayMs, () => {
    if (request.isOver) return
    if (typeof end === 'number') new MadeUpAnswer(request, end).give()
    else if (!endpoint.acquire(request))
      request.failed('connect-failure', 'no connection was free after the delay', 0)
  })
}

/** What stands in for a connection: it takes the request, and answers as an endpoint would with nothing but a status. */
class MadeUpAnswer implements UpstreamStream {
  private readonly request: PendingRequest
  private readonly status: number
  private readonly reader: ResponseReader = new ResponseReader(proxyHeaderNames, http1LimitDefaults)

  constructor(request: PendingRequest, status: number) {
    this.request = request
    this.status = status
  }

  give(): void {
    const { request, reader } = this
    request.granted(this)
    const bytes = Buffer.from(`HTTP/1.1 ${this.status} Fault\r\ncontent-length: 0\r\n\r\n`)
    reader.feed(bytes, bytes.length)
    if (!request.isOver && reader.next() === HEAD) request.answered(reader.head)
    if (!request.isOver && reader.next() === END) request.ended(undefined)
    if (!request.isOver) request.readEnded()
  }

  send({ method }: OutgoingHead): void {
    this.reader.expect(method, false)
  }

  write(): boolean {
    return true
  }

  finish(): void {}
  pause(): void {}
  resume(): void {}
  abort(): void {}
}
