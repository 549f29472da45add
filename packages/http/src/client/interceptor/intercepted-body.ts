import type { Dispatcher } from 'undici'
import { ReplayableStream } from '../request/replayable-stream.js'
import type { ByteStream } from '../request/request-body.js'

type GivenBody = Dispatcher.DispatchOptions['body']

/**
 * The body of somebody else's request, for as many attempts as it can be sent. What is in memory goes on as it was
 * given, and the transport encodes it anew each time. Of a stream, and `fetch` makes one even of a string, what has
 * been sent is kept up to a limit.
 */
export class InterceptedBody {
  readonly #given: GivenBody
  readonly #stream: ReplayableStream | undefined

  constructor(given: GivenBody, replayBytesMax: number) {
    this.#given = given
    const stream = streamIn(given)
    this.#stream = stream === undefined ? undefined : new ReplayableStream(stream, replayBytesMax)
  }

  get replayable(): boolean {
    return this.#stream === undefined ? !isOldStream(this.#given) : this.#stream.replayable
  }

  open(): NonNullable<GivenBody> | null {
    // The transport takes anything that can be iterated, which its types do not say.
    return this.#stream === undefined ? (this.#given ?? null) : (this.#stream.open() as never)
  }

  close(): void {
    this.#stream?.close()
  }
}

function streamIn(body: unknown): ByteStream | undefined {
  if (typeof body !== 'object' || body === null || ArrayBuffer.isView(body)) return undefined
  if (Symbol.asyncIterator in body) return body as ByteStream
  const isForm = (body as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === 'FormData'
  return isForm || !(Symbol.iterator in body) ? undefined : inTurn(body as Iterable<Uint8Array>)
}

async function* inTurn(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks
}

/** Streams of the first Node versions, which some libraries still make, can be piped and nothing else. */
function isOldStream(body: unknown): boolean {
  return typeof (body as { pipe?: unknown } | null | undefined)?.pipe === 'function'
}
