import { TimeoutError } from '@watertight/policy'
import type { AttemptSpan, CallSpan } from '@watertight/telemetry'
import type { Dispatcher } from 'undici'
import { aborted, replaceHeader, type Verdict } from '@watertight/traffic'
import { clock } from '../../runtime/clock.js'
import { dispatchedConnections } from '../connections/dispatched-connections.js'
import type { Endpoint } from '../connections/endpoint.js'
import { classifyFailure } from '../failure/classify-failure.js'
import { RequestError } from '../failure/request-error.js'
import { AttemptTimeoutError, BodyTimeoutError, HeadersTimeoutError } from '../failure/time-limit-error.js'
import { ProtocolError, ResponseTooLargeError } from '../failure/transport-error.js'
import { FetchResponse, type ResponseSource } from '../response/fetch-response.js'
import { ContentDecoding, readCodings } from '../response/content-decoding.js'
import { IncomingBody } from '../response/incoming-body.js'
import { findHeader, type RawHeaders } from '../response/raw-headers.js'
import { limitQueue } from '../../runtime/limit-queue.js'
import { ExpiryEntry, type ExpiryQueue } from '@watertight/policy/decisions'
import { BodyWatch } from './body-watch.js'
import type { Connection, TransportListener, TransportRequest } from '../connections/transport.js'
import type { ExchangeLimits } from './exchange-limits.js'

/** Who began an exchange and hears how it went. */
export interface ExchangeListener {
  /** When the call must be over that it is part of. */
  readonly deadline: number
  /** An answer has begun; answers what it counts as. */
  answered(exchange: Exchange, status: number): Verdict
  /** No answer will come; the error is what the attempt fails with. */
  failed(exchange: Exchange, error: Error): void
  /** The answer began and did not end. */
  broken(exchange: Exchange, error: Error): void
  /** It is over, whichever way, its body included. */
  over(): void
  /** Whether the request may be sent again after that. */
  mayTryAgain(verdict: Verdict): boolean
}

type Phase = 'waiting' | 'answering' | 'over'

/**
 * One request and its response on one connection: what the transport calls back, and the limits in time.
 *
 * The request is written by the transport's `dispatch`, whose handler this is, in its plain form: the forms above it
 * make a stream and parse all headers of every response, which is most of what a small exchange costs.
 */
export class Exchange extends ExpiryEntry implements TransportListener, ResponseSource {
  readonly endpoint: Endpoint
  readonly attempt: number
  readonly startedAt: number
  /** What its answer counts as, from its head on. */
  verdict: Verdict = aborted
  /** The exchange that the same call began before this one. */
  readonly former: Exchange | undefined
  readonly #listener: ExchangeListener
  readonly #limits: ExchangeLimits
  #phase: Phase = 'waiting'
  /** It was on a connection. */
  #sent: boolean = false
  #url: string = ''
  #withoutBody: boolean = false
  #connection: Connection | undefined = undefined
  #abort: ((reason?: Error) => void) | undefined = undefined
  #resume: (() => void) | undefined = undefined
  #resolve: ((response: FetchResponse) => void) | undefined = undefined
  #reject: ((error: Error) => void) | undefined = undefined
  #body: IncomingBody | undefined = undefined
  #decoding: ContentDecoding | undefined = undefined
  #rawHeaders: RawHeaders = []
  /** Bytes of the body as they were sent. */
  #received: number = 0
  #hurried: boolean = false
  #phaseLimit: PhaseLimit | undefined = undefined
  #bodyWatch: BodyWatch | undefined = undefined
  #span: AttemptSpan | undefined = undefined

  constructor(
    listener: ExchangeListener,
    endpoint: Endpoint,
    limits: ExchangeLimits,
    former: Exchange | undefined,
    attempt: number,
    now: number,
  ) {
    super()
    this.#listener = listener
    this.endpoint = endpoint
    this.#limits = limits
    this.former = former
    this.attempt = attempt
    this.startedAt = now
  }

  get bodyBytesMax(): number {
    return this.#limits.bodyBytesMax
  }

  get deadline(): number {
    return this.#listener.deadline
  }

  get over(): boolean {
    return this.#phase === 'over'
  }

  /** Gives the attempt a span, and the request what the callee needs to continue the trace. */
  trace(call: CallSpan, headers: string[]): void {
    this.#span = call.startAttempt(this.attempt, this.endpoint.origin)
    const injected: Record<string, string> = {}
    this.#span.inject(injected)
    for (const name of Object.keys(injected)) replaceHeader(headers, name, injected[name]!)
  }

  /** Sends the request. Settles when the head of the response is there. */
  start(request: TransportRequest, dispatcher: Dispatcher | undefined): Promise<FetchResponse> {
    this.endpoint.active += 1
    this.#url = request.path
    this.#withoutBody = request.method === 'HEAD'
    this.#limits.attempt?.add(this, this.startedAt)
    const connections =
      dispatcher === undefined
        ? this.endpoint.connections
        : dispatchedConnections(dispatcher, this.endpoint.namedOrigin)
    const connection = connections.acquire()
    this.#connection = connection
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      connection.dispatch(request, this)
    })
  }

  /** Stops it, if it is still under way. */
  abandon(reason: Error): void {
    if (this.#phase === 'over') return
    this.#fail(reason)
    // Without a connection yet, it is waited for: it is good for another request, and this one is not sent on it.
    if (!this.#sent) return
    this.#abort?.(reason)
    this.#connection?.discard(reason)
  }

  /** The head was handed on while the body is still coming: limits it from here on. */
  watchBody(deadline: number, totalMs: number, signal: AbortSignal | undefined): void {
    if (this.#phase !== 'answering') return
    this.#phaseLimit ??= new PhaseLimit(this)
    this.#limits.bodyIdle?.add(this.#phaseLimit, clock.now())
    if (deadline === Infinity && signal === undefined) return
    this.#bodyWatch = new BodyWatch(this, signal)
    if (deadline === Infinity) return
    this.#bodyWatch.limit(deadline - clock.now(), () => new TimeoutError(totalMs))
  }

  /** The attempt's limit passed. */
  override expire(limitMs: number): void {
    this.abandon(new AttemptTimeoutError({ endpoint: this.endpoint.origin, timeoutMs: limitMs }))
  }

  /** The limit of the present phase passed. */
  phaseExpired(limitMs: number): void {
    const detail = { endpoint: this.endpoint.origin, timeoutMs: limitMs }
    // Slow for nobody: that is no fault of the callee.
    if (this.#hurried) this.abandon(UNWANTED)
    else if (this.#phase === 'waiting') this.abandon(new HeadersTimeoutError(detail))
    else if (this.#body?.paused === true) this.#limits.bodyIdle?.add(this.#phaseLimit!, clock.now())
    else this.abandon(new BodyTimeoutError(detail))
  }

  onConnect(abort: (reason?: Error) => void): void {
    if (this.#phase === 'over') {
      this.#connection!.release()
      // Thrown, not aborted, which would close the connection.
      throw CALL_OVER
    }
    this.#abort = abort
    this.#sent = true
  }

  /** For the transport: the whole request is written. */
  onRequestSent(): void {
    const { headers } = this.#limits
    if (headers === undefined || this.#phase !== 'waiting') return
    headers.add((this.#phaseLimit ??= new PhaseLimit(this)), clock.now())
  }

  onHeaders(status: number, rawHeaders: RawHeaders, resume: () => void, statusText: string): boolean {
    if (status < 200 || this.#phase !== 'waiting') return true
    this.#rawHeaders = rawHeaders
    let codings: readonly string[] | undefined
    try {
      codings = readCodings(findHeader(rawHeaders, 'content-encoding'))
    } catch (cause) {
      this.abandon(this.#undecodable(cause as Error))
      return true
    }
    this.#phase = 'answering'
    this.end()
    this.#phaseLimit?.end()
    this.#resume = resume
    if (!this.#withoutBody && !isBodyless(status)) this.#openBody(codings)
    this.#span?.end(status)
    this.verdict = this.#listener.answered(this, status)
    const head = { status, statusText, url: this.endpoint.namedOrigin + this.#url, rawHeaders }
    this.#resolve!(new FetchResponse(head, this.#body, this))
    // They belong to a promise that would keep the response alive, read or forgotten.
    this.#resolve = undefined
    this.#reject = undefined
    return true
  }

  onData(chunk: Buffer): boolean {
    this.#received += chunk.length
    const limit = this.#phaseLimit
    if (limit?.waits === true && !this.#hurried) renew(this.#limits.bodyIdle!, limit)
    if (this.#decoding !== undefined) return this.#decoding.write(chunk)
    return this.#body === undefined || this.#body.push(chunk)
  }

  onComplete(): void {
    this.#finish()
    this.#connection!.release()
    if (this.#decoding === undefined) this.#body?.end()
    else this.#decoding.end()
  }

  onError(error: Error): void {
    if (error === CALL_OVER) return
    const failure = classifyFailure(error, this.endpoint.origin, this.#sent)
    if (this.#phase !== 'over') this.#fail(failure)
    // What could not be sent at all says nothing about the connection.
    if (failure instanceof RequestError) this.#connection!.release()
    else this.#connection!.discard(error)
  }

  mayTryAgain(): boolean {
    return this.#listener.mayTryAgain(this.verdict)
  }

  resume(): void {
    if (this.#decoding === undefined) this.#resume?.()
    else this.#decoding.resume()
  }

  get bytesLeft(): number | undefined {
    const announced = findHeader(this.#rawHeaders, 'content-length')
    return announced === undefined ? undefined : Number(announced) - this.#received
  }

  hurry(): void {
    this.#hurried = true
    renew(hurried, (this.#phaseLimit ??= new PhaseLimit(this)))
  }

  cancel(reason: Error): void {
    this.abandon(reason)
  }

  tooLarge(bytesMax: number): Error {
    const endpoint = this.endpoint.origin
    return new ResponseTooLargeError(`body from ${endpoint} is larger than ${bytesMax} bytes`, { endpoint })
  }

  #openBody(codings: readonly string[] | undefined): void {
    const body = new IncomingBody(this)
    this.#body = body
    if (codings === undefined) return
    const fail = (cause: Error): void => {
      const error = this.#undecodable(cause)
      // The last of it is decoded when the exchange is over.
      if (this.#phase === 'over') body.fail(error)
      else this.abandon(error)
    }
    const sink = { push: (chunk: Buffer) => body.push(chunk), end: () => body.end(), fail }
    this.#decoding = new ContentDecoding(codings, sink, () => this.#resume?.())
  }

  #undecodable(cause: Error): Error {
    const endpoint = this.endpoint.origin
    return new ProtocolError(`cannot decode the response from ${endpoint}: ${cause.message}`, {
      endpoint,
      cause,
    })
  }

  #fail(error: Error): void {
    const phase = this.#phase
    this.#finish()
    if (phase === 'waiting') {
      this.#span?.end(0, error)
      this.#listener.failed(this, error)
      this.#reject!(error)
    } else {
      this.#listener.broken(this, error)
      this.#decoding?.destroy()
      this.#body?.fail(error)
    }
  }

  #finish(): void {
    this.#phase = 'over'
    this.endpoint.active -= 1
    this.end()
    this.#phaseLimit?.end()
    this.#bodyWatch?.end()
    this.#listener.over()
  }
}

/** Why an exchange ends whose answer nobody reads to its end. */
const UNWANTED = new Error('the rest of the body is not wanted')

/** How long the small rest of a body that nobody reads may take. */
const hurried = limitQueue(500)!

function renew(queue: ExpiryQueue, limit: ExpiryEntry): void {
  limit.end()
  queue.add(limit, clock.now())
}

/** Answers with these statuses have no body (RFC 9110), whatever they announce. */
function isBodyless(status: number): boolean {
  return status === 204 || status === 205 || status === 304
}

/** Thrown at the transport when a connection is there and nobody wants it any more. */
const CALL_OVER = new Error('the call is over')

/** The limit of a phase: waiting for the head, or for more of the body. */
class PhaseLimit extends ExpiryEntry {
  readonly #exchange: Exchange

  constructor(exchange: Exchange) {
    super()
    this.#exchange = exchange
  }

  override expire(limitMs: number): void {
    this.#exchange.phaseExpired(limitMs)
  }
}
