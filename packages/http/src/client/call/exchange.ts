import { ExpiryEntry } from '@watertight/policy/decisions'
import type { AttemptSpan, CallSpan } from '@watertight/telemetry'
import { aborted, replaceHeader, type Verdict } from '@watertight/traffic'
import { clock } from '../../runtime/clock.js'
import type { Endpoint } from '../connections/endpoint.js'
import type { Connection, Transport, TransportListener, TransportRequest } from '../connections/transport.js'
import { classifyFailure } from '../failure/classify-failure.js'
import { RequestError } from '../failure/request-error.js'
import { AttemptTimeoutError } from '../failure/time-limit-error.js'
import { FetchResponse, type ResponseSource } from '../response/fetch-response.js'
import type { RawHeaders } from '../response/raw-headers.js'
import { AnswerOutcome } from './answer-outcome.js'
import { AnswerBody, type BodyOwner, undecodable } from './answer-body.js'
import type { ExchangeLimits } from './exchange-limits.js'
import type { ExchangeListener } from './exchange-listener.js'
import { HeadLimit } from './head-limit.js'
import { Upload, type UploadOwner } from './upload.js'

type Phase = 'waiting' | 'answering' | 'over'

/**
 * One request and its response on one connection: what the transport calls back, and the limits in time up to the head.
 *
 * The request is written by the transport's `dispatch`, whose handler this is, in its plain form: the forms above it
 * make a stream and parse all headers of every response, which is most of what a small exchange costs.
 */
export class Exchange
  extends ExpiryEntry
  implements TransportListener, ResponseSource, BodyOwner, UploadOwner
{
  readonly endpoint: Endpoint
  readonly limits: ExchangeLimits
  readonly attempt: number
  readonly startedAt: number
  /** When its answer began, and what it counts as. */
  answeredAt: number = 0
  status: number = 0
  verdict: Verdict = aborted
  /** From the head of the answer on. */
  outcome!: AnswerOutcome<Exchange>
  /** The exchange that the same call began before this one. */
  readonly former: Exchange | undefined
  readonly #listener: ExchangeListener<Exchange>
  #phase: Phase = 'waiting'
  /** It was on a connection. */
  #sent: boolean = false
  #url: string = ''
  #withoutBody: boolean = false
  #upload: Upload | undefined = undefined
  #connection: Connection | undefined = undefined
  #abort: ((reason?: Error) => void) | undefined = undefined
  #resolve: ((response: FetchResponse) => void) | undefined = undefined
  #reject: ((error: Error) => void) | undefined = undefined
  #headLimit: HeadLimit | undefined = undefined
  #body: AnswerBody | undefined = undefined
  #span: AttemptSpan | undefined = undefined
  #isWhole: boolean = false
  #onWhole: (() => void) | undefined = undefined

  constructor(
    listener: ExchangeListener<Exchange>,
    endpoint: Endpoint,
    limits: ExchangeLimits,
    former: Exchange | undefined,
    attempt: number,
    now: number,
  ) {
    super()
    this.#listener = listener
    this.endpoint = endpoint
    this.limits = limits
    this.former = former
    this.attempt = attempt
    this.startedAt = now
  }

  get origin(): string {
    return this.endpoint.origin
  }

  get deadline(): number {
    return this.#listener.deadline
  }

  get beganAt(): number {
    return this.former === undefined ? this.startedAt : this.former.beganAt
  }

  get encodedBytes(): number {
    return this.#body?.received ?? 0
  }

  get decodedBytes(): number {
    return this.#body?.incoming.received ?? 0
  }

  get over(): boolean {
    return this.#phase === 'over'
  }

  /** Gives the attempt a span, and the request what the callee needs to continue the trace. */
  trace(call: CallSpan, headers: string[]): void {
    this.#span = call.startAttempt(this.attempt, this.origin)
    const injected: Record<string, string> = {}
    this.#span.inject(injected)
    for (const name of Object.keys(injected)) replaceHeader(headers, name, injected[name]!)
  }

  /** Sends the request. Settles when the head of the response is there. */
  start(request: TransportRequest, transport: Transport | undefined): Promise<FetchResponse> {
    this.endpoint.active += 1
    this.#url = request.path
    this.#withoutBody = request.method === 'HEAD'
    this.limits.attempt?.add(this, this.startedAt)
    const { endpoint } = this
    const connections =
      transport === undefined ? endpoint.connections : transport.open(endpoint.origin, endpoint.namedOrigin)
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      const connection = connections.acquire()
      this.#connection = connection
      const { body } = request
      const isStream = typeof body === 'object' && body !== null && !(body instanceof Uint8Array)
      if (isStream) this.#upload = new Upload(body, this)
      connection.dispatch(isStream ? { ...request, body: this.#upload! } : request, this)
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
    this.#body?.watch(deadline, totalMs, signal)
    this.outcome.watch()
  }

  /** The attempt's limit passed, or that of a silence while the request is sent. */
  override expire(limitMs: number): void {
    const isSending = this.#sent && this.#upload !== undefined
    this.abandon(
      isSending
        ? this.#upload!.stalled(limitMs)
        : new AttemptTimeoutError({ endpoint: this.origin, timeoutMs: limitMs }),
    )
  }

  onConnect(abort: (reason?: Error) => void): void {
    if (this.#phase === 'over') {
      this.#connection!.release()
      // Thrown, not aborted, which would close the connection.
      throw CALL_OVER
    }
    this.#abort = abort
    this.#sent = true
    // A body that comes slowly is no fault of the callee: the attempt's time begins anew when all of it is sent.
    if (this.#upload !== undefined) this.uploadMoved()
  }

  uploadMoved(): void {
    if (this.#upload === undefined || !this.#sent || this.#phase !== 'waiting') return
    this.end()
    this.limits.bodyIdle?.add(this, clock.now())
  }

  /** For the transport: the whole request is written. */
  onRequestSent(): void {
    const { headers, attempt } = this.limits
    if (this.#phase !== 'waiting') return
    if (this.#upload !== undefined) {
      this.#upload = undefined
      this.end()
      attempt?.add(this, clock.now())
    }
    headers?.add((this.#headLimit ??= new HeadLimit(this)), clock.now())
  }

  onHeaders(status: number, rawHeaders: RawHeaders, resume: () => void, statusText: string): boolean {
    if (status < 200 || this.#phase !== 'waiting') return true
    try {
      // Answers with these statuses have no body (RFC 9110), whatever they announce.
      if (!this.#withoutBody && status !== 204 && status !== 205 && status !== 304)
        this.#body = new AnswerBody(this, rawHeaders, resume)
    } catch (cause) {
      this.abandon(undecodable(this.origin, cause))
      return true
    }
    this.#phase = 'answering'
    this.end()
    this.#headLimit?.end()
    this.#span?.end(status)
    this.verdict = this.#listener.answered(this, status, rawHeaders)
    this.outcome = new AnswerOutcome(this.verdict, this, this.#listener)
    const head = { status, statusText, url: this.endpoint.namedOrigin + this.#url, rawHeaders }
    this.#resolve!(new FetchResponse(head, this.#body?.incoming, this))
    // They belong to a promise that would keep the response alive, read or forgotten.
    this.#resolve = undefined
    this.#reject = undefined
    return true
  }

  onData(chunk: Buffer): boolean {
    return this.#body === undefined || this.#body.take(chunk)
  }

  onComplete(): void {
    this.#finish()
    this.#connection!.release()
    if (this.#body === undefined) this.whole()
    else this.#body.complete()
  }

  onError(error: Error): void {
    if (error === CALL_OVER) return
    const failure = classifyFailure(error, this.origin, this.#sent)
    if (this.#phase !== 'over') this.#fail(failure)
    // What could not be sent at all says nothing about the connection.
    if (failure instanceof RequestError) this.#connection!.release()
    else this.#connection!.discard(error)
  }

  whole(): void {
    this.#isWhole = true
    this.outcome.settle(this.verdict)
    this.#onWhole?.()
  }

  undecoded(error: Error): void {
    this.#broken(error)
  }

  whenWhole(callback: () => void): void {
    const former = this.#onWhole
    if (this.#isWhole) callback()
    else if (former === undefined) this.#onWhole = callback
    else
      this.#onWhole = () => {
        former()
        callback()
      }
  }

  mayTryAgain(): boolean {
    return this.#listener.mayTryAgain(this.verdict)
  }

  #fail(error: Error): void {
    const phase = this.#phase
    this.#finish()
    if (phase === 'waiting') {
      this.#span?.end(0, error)
      this.#listener.failed(this, error)
      this.#reject!(error)
    } else {
      this.#broken(error)
      this.#body?.fail(error)
    }
  }

  #broken(error: Error): void {
    this.outcome.settle(this.#listener.verdictOfBreak(this, error), error)
  }

  #finish(): void {
    this.#phase = 'over'
    this.endpoint.active -= 1
    this.end()
    this.#headLimit?.end()
    this.#body?.end()
    this.#listener.over()
  }
}

/** Thrown at the transport when a connection is there and nobody wants it any more. */
const CALL_OVER = new Error('the call is over')
