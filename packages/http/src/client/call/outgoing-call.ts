import type { OperationContext } from '@watertight/policy'
import { TimeoutError } from '@watertight/policy'
import type { CallOutcome, CallSpan, DestinationRecorder } from '@watertight/telemetry'
import {
  carryOn,
  type EndpointSet,
  expectedMs,
  FAILURE_HEADER,
  hashText,
  hasHeader,
  mayRepeat,
  mayTryAgain,
  replaceHeader,
  type RepeatableRequest,
  type RequestScope,
  type Verdict,
  writeAttemptHeaders,
} from '@watertight/traffic'
import { clock } from '../../runtime/clock.js'
import { randomId } from '../../runtime/random.js'
import { currentScope } from '../../scope/current-scope.js'
import type { Endpoint } from '../connections/endpoint.js'
import type { DestinationSettings } from '../destination-settings.js'
import { ClosedError, messageOf, RequestError } from '../failure/request-error.js'
import { TimeLimitError } from '../failure/time-limit-error.js'
import { TransportError } from '../failure/transport-error.js'
import { verdictOfError } from '../failure/verdict-of-error.js'
import type { RelayedPolicy } from '../policies/relayed-policy.js'
import type { OutgoingRequest } from '../request/outgoing-request.js'
import { FetchResponse, type ResponseSource } from '../response/fetch-response.js'
import { findHeader, type RawHeaders } from '../response/raw-headers.js'
import { Exchange } from './exchange.js'
import type { ExchangeListener } from './exchange-listener.js'

/** What a call needs of its destination. */
export interface CallContext {
  readonly name: string
  readonly endpoints: EndpointSet<Endpoint>
  readonly policy: RelayedPolicy
  readonly recorder: DestinationRecorder | undefined
  /** What an attempt waits for before it can choose an endpoint, if there is anything. */
  addressed(operation: OperationContext): Promise<void> | undefined
  /** Those in force now. */
  readonly settings: DestinationSettings
}

/** One call of a destination: its attempts, and what is decided about them. */
export class OutgoingCall implements ExchangeListener<Exchange>, RepeatableRequest {
  readonly request: OutgoingRequest
  readonly startedAt: number
  /** Those that were in force when it began. */
  readonly settings: DestinationSettings
  readonly route: string
  readonly key: string | undefined
  readonly scope: RequestScope | undefined
  readonly idempotent: boolean
  readonly priority: number
  /** When the innermost limit around the attempts passes. */
  deadline: number = Infinity
  readonly span: CallSpan | undefined
  readonly #context: CallContext
  readonly #onAttempt: ((attempt: number) => void) | undefined
  #latest: Exchange | undefined = undefined
  #ended: boolean = false
  /** When the last attempt ended, or the call began. */
  #endedAt: number

  constructor(context: CallContext, request: OutgoingRequest, startedAt: number) {
    const { init } = request
    this.startedAt = startedAt
    this.#endedAt = startedAt
    this.#context = context
    this.settings = context.settings
    this.request = request
    this.scope = currentScope()
    const route = this.settings.routes.find(request.method, request.path)
    this.route = init?.route ?? route.name
    this.key = init?.key
    this.#onAttempt = init?.onAttempt
    this.idempotent =
      init?.idempotent ??
      mayRepeat(request.method, route.idempotence, hasHeader(request.headers, 'idempotency-key'))
    this.priority = init?.priority ?? this.scope?.priority ?? 0
    this.span = context.recorder?.startSpan(request.method, this.route, request.path)
    carryOn(request.headers, this.scope, this.priority, randomId)
  }

  /** Equal for equal calls, to a cached fallback. */
  get resultKey(): string {
    return this.key ?? this.request.path
  }

  get replayable(): boolean {
    return this.request.body === undefined || this.request.body.replayable
  }

  /** Whether two attempts may be under way at the same time. */
  get mayHedge(): boolean {
    return this.idempotent && (this.request.body === undefined || this.request.body.shareable)
  }

  /** One attempt, as the policies ask for it. */
  readonly attempt = (operation: OperationContext): Promise<FetchResponse> => {
    const addressed = this.#context.addressed(operation)
    return addressed === undefined ? this.#send(operation) : this.#sendOnce(addressed, operation)
  }

  /** The name of the destination has not been resolved yet. */
  async #sendOnce(addressed: Promise<void>, operation: OperationContext): Promise<FetchResponse> {
    const since = clock.now()
    try {
      await addressed
      operation.signal.throwIfAborted()
    } catch (error) {
      const verdict = verdictOfError(error, this.settings.verdicts)
      this.#unanswered(error as Error, verdict, since)
      throw error
    }
    return await this.#send(operation)
  }

  #send({ attempt, deadline }: OperationContext): Promise<FetchResponse> {
    const { endpoints } = this.#context
    const { limits } = this.settings
    const now = clock.now()
    const { headers, body, method, path } = this.request
    this.deadline = deadline
    const tried = this.#latest === undefined ? undefined : this.#tried(this.#latest)
    // What a ring is entered with.
    const hash = this.settings.policies.balance === 'ring-hash' ? hashText(this.resultKey) : undefined
    const endpoint = endpoints.pick(now, tried, hash)
    // Both are the caller's and may throw: nothing counts as begun before.
    if (this.#onAttempt !== undefined) this.#tellAttempt(this.#onAttempt, attempt)
    const wireBody = body?.open() ?? null
    const exchange = new Exchange(this, endpoint, limits, this.#latest, attempt, now)
    this.#latest = exchange
    writeAttemptHeaders(headers, attempt, expectedMs(deadline, limits.attempt?.durationMs ?? Infinity, now))
    if (endpoint.host !== undefined) replaceHeader(headers, 'host', endpoint.host)
    if (this.span !== undefined) this.#trace(this.span, exchange, now)
    return exchange.start(
      { method, path, headers, body: wireBody, idempotent: this.idempotent },
      this.request.transport,
    )
  }

  answered(exchange: Exchange, status: number, headers: RawHeaders): Verdict {
    const { verdicts } = this.settings
    const verdict =
      status === 503 ? verdicts.ofUnavailable(findHeader(headers, FAILURE_HEADER)) : verdicts.ofStatus(status)
    exchange.answeredAt = this.#endedAt = clock.now()
    exchange.status = status
    return verdict
  }

  verdictOfBreak(exchange: Exchange, error: Error): Verdict {
    const verdict = verdictOfError(error, this.settings.verdicts)
    const isLeft = verdict.outcome === 'aborted'
    // Whoever throws the rest of an answer away has it; whoever gives up has waited for more, and that says nothing.
    return isLeft && error !== OVERTAKEN && this.request.signal?.aborted !== true ? exchange.verdict : verdict
  }

  counted(exchange: Exchange, { outcome, failed }: Verdict): void {
    if (outcome !== 'aborted') this.#settle(exchange, failed, exchange.answeredAt)
  }

  ended({ status, startedAt, answeredAt, verdict }: Exchange, end: Verdict, error: Error | undefined): void {
    const isBroken = end.failed && !verdict.failed
    const durationMs = answeredAt - startedAt
    this.#context.recorder?.attempted(isBroken ? 0 : status, isBroken ? codeOf(error!) : '', durationMs)
  }

  failed(exchange: Exchange, error: Error): void {
    const verdict = verdictOfError(error, this.settings.verdicts)
    this.#endedAt = clock.now()
    if (verdict.failed) this.#settle(exchange, true, this.#endedAt)
    this.#unanswered(error, verdict, exchange.startedAt)
  }

  over(): void {
    if (this.#ended) this.request.body?.close()
  }

  mayTryAgain(verdict: Verdict): boolean {
    return mayTryAgain(verdict, this)
  }

  /** The call has its answer: how it went is known when all of that has come. */
  reportAnswer(response: FetchResponse): void {
    const durationMs = clock.now() - this.startedAt
    // Not the response itself: a body that nobody reads could not be told from one that somebody will read.
    const { status } = response
    FetchResponse.sourceOf(response).outcome.whenEnded(({ failed }, error) => {
      this.report(failed ? 'failure' : 'success', status, failed ? error : undefined, durationMs)
    })
  }

  /** The call is over, for its caller after this time. */
  report(
    outcome: CallOutcome,
    status: number,
    error?: unknown,
    durationMs: number = clock.now() - this.startedAt,
  ): void {
    this.#context.recorder?.finished(this.route, outcome, status, durationMs, this.span?.traceId)
    this.span?.end(outcome, status, error)
  }

  /** The answer is taken: other attempts are not waited for. */
  take(answer: FetchResponse): void {
    this.#end(FetchResponse.sourceOf(answer), OVERTAKEN)
  }

  /** There is no answer: all attempts end, for this reason. */
  abandon(reason: Error): void {
    this.#end(undefined, reason)
  }

  #end(kept: ResponseSource | undefined, reason: Error): void {
    for (let exchange = this.#latest; exchange !== undefined; exchange = exchange.former) {
      if (exchange !== kept) exchange.abandon(reason)
    }
    // A body that is still being sent belongs to the attempt whose answer came early.
    this.#ended = true
    if (kept === undefined) this.request.body?.close(reason)
    else if (kept.over) this.request.body?.close()
  }

  #tellAttempt(onAttempt: (attempt: number) => void, attempt: number): void {
    try {
      onAttempt(attempt)
    } catch (cause) {
      throw new RequestError(`cannot send request: onAttempt threw ${messageOf(cause)}`, cause)
    }
  }

  #trace(span: CallSpan, exchange: Exchange, now: number): void {
    // In the queue of a bulkhead, or before another attempt.
    const waitedMs = now - this.#endedAt
    if (waitedMs >= WAIT_MS) span.event('wait', { attempt: exchange.attempt, ms: Math.round(waitedMs) })
    exchange.trace(span, this.request.headers)
  }

  /** No answer will come to an attempt. */
  #unanswered(error: Error, verdict: Verdict, startedAt: number): void {
    const durationMs = clock.now() - startedAt
    if (error instanceof TransportError) error.retryable = mayTryAgain(verdict, this)
    if (error instanceof TimeLimitError) {
      // How long somebody else's dispatcher waits is not known, but how long it has waited is.
      this.#context.policy.emit('timeout', 'attempt', { timeoutMs: error.timeoutMs ?? durationMs })
    }
    this.#context.recorder?.attempted(0, codeOf(error), durationMs)
  }

  /** Tells the endpoints how it went, and when its answer began, or the hope for one ended. */
  #settle({ endpoint, startedAt }: Exchange, failed: boolean, at: number): void {
    const { endpoints } = this.#context
    if (endpoints.settled(endpoint, clock.now(), at - startedAt, failed, startedAt))
      this.span?.event('ejection', { endpoint: endpoint.origin })
  }

  #tried(latest: Exchange): Endpoint[] {
    const tried: Endpoint[] = []
    for (let exchange: Exchange | undefined = latest; exchange; exchange = exchange.former) {
      tried.push(exchange.endpoint)
    }
    return tried
  }
}

/** A shorter wait is none. */
const WAIT_MS = 1

/** A label from a bounded set: whatever a caller aborts with is his own. */
function codeOf(error: Error): string {
  const isOurs =
    error instanceof TransportError ||
    error instanceof TimeoutError ||
    error instanceof RequestError ||
    error instanceof ClosedError
  return isOurs ? error.code : error === OVERTAKEN ? 'overtaken' : 'aborted'
}

/** Why an attempt ends whose call has been answered by another one. */
const OVERTAKEN = new Error('another attempt has answered')
