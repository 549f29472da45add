import {
  DATA,
  END,
  HEAD,
  HeaderNames,
  type MessageEvent,
  NEEDS_MORE,
  REFUSAL,
  RequestReader,
} from '../../src/http1/index.js'
import { lines } from '../http1/read-messages.js'

/** A request as somebody understood it: enough to tell whether two readers agree where it ends. */
export interface ReadRequest {
  readonly method: string
  readonly target: string
  readonly body: string
}

/** What a reader makes of all that came over one connection. */
export interface Reading {
  readonly requests: readonly ReadRequest[]
  /** The status of the refusal that ended the reading. */
  readonly refused: number | undefined
  /** Whether something had begun that did not end. */
  readonly isUnderWay: boolean
  /** Whether bytes are left behind a request that asks to close the connection, or for another protocol. */
  readonly ignoresRest: boolean
}

/** Reads bytes with our codec, handed over in pieces that end at `splits`. */
export function readRequests(bytes: Buffer, splits: readonly number[] = []): Reading {
  const reader = new RequestReader(new HeaderNames())
  const requests: ReadRequest[] = []
  let body = ''
  let start = 0
  for (const end of [...splits, bytes.length]) {
    // A piece of its own, as a socket hands it over; nothing behind it can be read by mistake.
    reader.feed(Buffer.from(bytes.subarray(start, end)))
    start = end
    let event: MessageEvent
    while ((event = reader.next()) !== NEEDS_MORE) {
      if (event === REFUSAL) {
        return { requests, refused: reader.refusal.status, isUnderWay: false, ignoresRest: false }
      }
      if (event === HEAD) {
        body = ''
        lines(reader.head.headers)
      }
      if (event === DATA) body += reader.bytes.toString('latin1', reader.dataStart, reader.dataEnd)
      if (event !== END) continue
      const { method, target, keepAlive, upgrade } = reader.head
      requests.push({ method, target, body })
      if (keepAlive && !upgrade) continue
      const ignoresRest = reader.unread > 0 || end < bytes.length
      return { requests, refused: undefined, isUnderWay: false, ignoresRest }
    }
    reader.keepRest()
  }
  return { requests, refused: undefined, isUnderWay: reader.isUnderWay, ignoresRest: false }
}
