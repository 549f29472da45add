import type { Socket } from 'node:net'
import { Http2Connection } from './http2-connection.js'
import { RestartingService } from './restarting-service.js'

/** Of a hundred requests, whichever attempt they are. */
const SHARES = [
  ['reset', 2],
  ['unavailable', 2],
  ['closing', 3],
  ['cut', 1],
  ['silent', 0.1],
] as const

type Http2Fault = (typeof SHARES)[number][0] | 'none'

/**
 * The same by HTTP/2, in frames of its own: the platform's server of HTTP/2 damages its memory under such a load. It reads no
 * headers, so that it draws by itself what goes wrong; and the id of a request that must not be repeated is its body.
 */
export class FaultyHttp2Service extends RestartingService {
  /** Answers that it has cut. */
  cuts: number = 0
  private readonly random: () => number

  constructor(random: () => number) {
    super()
    this.random = random
  }

  protected override serve(socket: Socket): () => void {
    const connection = new Http2Connection(socket, (stream, body) => this.answer(connection, stream, body))
    return () => connection.goodbye()
  }

  private answer(connection: Http2Connection, stream: number, body: string): void {
    if (body !== '') this.execute(body)
    const fault = this.drawn()
    if (fault === 'silent') return connection.forget(stream)
    if (fault === 'reset') return connection.reset(stream)
    if (fault === 'cut') {
      this.cuts += 1
      return connection.cut(stream)
    }
    connection.respond(stream, fault === 'unavailable' ? 503 : 200)
    if (fault === 'closing') connection.goodbye()
  }

  private drawn(): Http2Fault {
    let left = this.random() * 100
    for (const [fault, share] of SHARES) {
      if (left < share) return fault
      left -= share
    }
    return 'none'
  }
}
