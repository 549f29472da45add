import { MadeAnswer } from '../client/connections/made-answer.js'
import type {
  Connections,
  Transport,
  TransportListener,
  TransportRequest,
} from '../client/connections/transport.js'
import type { WireBody } from '../client/request/request-body.js'
import { type Clock, clock, type Timer } from '../runtime/clock.js'
import { type AbortableConnection, UnpooledConnections } from '../client/connections/unpooled-connections.js'
import { type UpstreamOptions, UpstreamReplies, type UpstreamRequest } from './upstream-replies.js'
import type { UpstreamStep } from './upstream-script.js'

/** An upstream that fails as it is told, without a socket: what `transport` of `createFetch` and `createClient` takes. */
export interface MemoryUpstream extends Transport {
  /** Every request so far, the latest 10,000 of them. */
  readonly requests: readonly UpstreamRequest[]
  /** Goes on with another script, for requests without a route of their own. */
  play(script: readonly UpstreamStep[]): void
}

/**
 * Answers by a script like `flakyUpstream`, but in memory, and so in virtual time: with a virtual clock installed, a
 * test of a callee that hangs for ten seconds takes milliseconds and is the same every time. Streamed request bodies
 * are read as fast as they come, which takes turns of the event loop; texts and bytes take none.
 *
 * @throws {OptionError} when an option is unknown or out of its range
 * @example
 * import { createFetch } from '@watertight/http'
 * import { virtualClock } from '@watertight/policy/testing'
 * using clock = virtualClock()
 * clock.install()
 * const payment = memoryUpstream({ script: [{ fault: 'hang' }, { json: { paid: true } }] })
 * const limits = { timeout: { attemptMs: 10_000 }, retry: false } as const
 * const send = createFetch({ endpoints: 'http://payment.test', transport: payment, ...limits })
 * const failed = send('/charges').catch((error: { code: string }) => error.code)
 * await clock.advance(10_000)
 * console.log(await failed) // WT_ATTEMPT_TIMEOUT
 */
export function memoryUpstream(options: UpstreamOptions = {}): MemoryUpstream {
  return new Upstream(options)
}

class Upstream implements MemoryUpstream {
  readonly #clock: Clock
  readonly #replies: UpstreamReplies

  constructor(options: UpstreamOptions) {
    this.#clock = options.clock ?? clock
    this.#replies = new UpstreamReplies('memory upstream', options, this.#clock.now())
  }

  get requests(): readonly UpstreamRequest[] {
    return this.#replies.requests
  }

  play(script: readonly UpstreamStep[]): void {
    this.#replies.play(script)
  }

  open(_origin: string, namedOrigin: string): Connections {
    return new MemoryConnections(new URL(namedOrigin).host, this.#replies, this.#clock)
  }
}

class MemoryConnections extends UnpooledConnections<MemoryConnection> {
  readonly host: string
  readonly replies: UpstreamReplies
  readonly clock: Clock

  constructor(host: string, replies: UpstreamReplies, upstreamClock: Clock) {
    super()
    this.host = host
    this.replies = replies
    this.clock = upstreamClock
  }

  protected override create(): MemoryConnection {
    return new MemoryConnection(this)
  }
}

class MemoryConnection implements AbortableConnection {
  readonly #connections: MemoryConnections
  #listener: TransportListener | undefined = undefined
  #answer: MadeAnswer | undefined = undefined
  #timer: Timer | undefined = undefined
  #isOver: boolean = false

  constructor(connections: MemoryConnections) {
    this.#connections = connections
  }

  dispatch(request: TransportRequest, listener: TransportListener): void {
    try {
      listener.onConnect((reason) => this.abort(reason ?? new Error('aborted')))
    } catch {
      // Nobody waits for it any more.
      return
    }
    this.#listener = listener
    const body = wholeBody(request.body)
    if (typeof body === 'string') this.#receive(request, body, listener)
    else {
      const fail = (error: Error): void => {
        if (!this.#isOver) listener.onError(error)
      }
      body.then((text) => this.#receive(request, text, listener), fail)
    }
  }

  release(): void {
    this.#end()
  }

  discard(): void {
    this.#end()
  }

  abort(reason: Error): void {
    if (this.#isOver) return
    this.#timer?.cancel()
    if (this.#answer === undefined) this.#listener?.onError(reason)
    else this.#answer.abort(reason)
  }

  #receive(request: TransportRequest, body: string, listener: TransportListener): void {
    if (this.#isOver) return
    const { host, replies, clock: upstreamClock } = this.#connections
    const { method, path } = request
    listener.onRequestSent()
    const headers = { host, ...namedHeaders(request.headers) }
    const reply = replies.next({ method, path, headers, body }, upstreamClock.now())
    const { delayMs = 0, end } = reply.fault ?? {}
    const deliver = (): void => {
      if (this.#isOver) return
      this.#answer = new MadeAnswer(listener, { ...reply, end }, method)
      this.#answer.deliver()
    }
    if (delayMs > 0) this.#timer = upstreamClock.setTimer(delayMs, deliver)
    else deliver()
  }

  #end(): void {
    this.#isOver = true
    this.#timer?.cancel()
    this.#connections.ended(this)
  }
}

/** A text at once where it is there at once, or virtual time would not wait for it. */
function wholeBody(body: WireBody): string | Promise<string> {
  if (body === null) return ''
  if (typeof body === 'string') return body
  return body instanceof Uint8Array ? Buffer.from(body).toString() : collected(body)
}

async function collected(body: AsyncIterable<Uint8Array | string>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(Buffer.from(chunk as Uint8Array))
  return Buffer.concat(chunks).toString()
}

function namedHeaders(flat: readonly string[]): Record<string, string> {
  const named: Record<string, string> = {}
  for (let index = 0; index < flat.length; index += 2) {
    const name = flat[index]!.toLowerCase()
    named[name] = named[name] === undefined ? flat[index + 1]! : `${named[name]}, ${flat[index + 1]!}`
  }
  return named
}
