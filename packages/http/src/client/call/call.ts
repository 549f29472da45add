import { type OperationContext, TimeoutError } from '@watertight/policy'
import type { CallOutcome, CallSpan } from '@watertight/telemetry'
import {
  carryOn,
  DEADLINE_HEADER,
  expectedMs,
  mayRepeat,
  replaceHeader,
  hasHeader,
  ATTEMPT_COUNT_HEADER,
  type RequestScope,
} from '@watertight/traffic'
import { clock } from '../../runtime/clock.js'
import { newRequestId } from '../../runtime/new-request-id.js'
import type { Endpoint } from '../connections/endpoint.js'
import { ClosedError, RequestError } from '../failure/request-error.js'
import { TimeLimitError } from '../failure/time-limit-error.js'
import { TransportError } from '../failure/transport-error.js'
import { type FetchInit, type OutgoingRequest } from '../request/outgoing-request.js'
import { FetchResponse } from '../response/fetch-response.js'
import { currentScope } from '../../scope/request-scope.js'
import { Exchange, type ExchangeListener } from './exchange.js'
import type { Destination } from '../destination.js'

/** One call of a destination: its attempts, and what is decided about them. */
export class Call implements ExchangeListener {
  readonly request: OutgoingRequest
  readonly route: string
  readonly key: string | undefined
  readonly scope: RequestScope | undefined
  /** Whether a request that may have been done may be sent again. */
  readonly idempotent: boolean
  readonly priority: number
  /** When the innermost limit around the attempts passes. */
  deadline: number = Infinity
  readonly span: CallSpan | undefined
  readonly #destination: Destination
  readonly #onAttempt: ((attempt: number) => void) | undefined
  #latest: Exchange | undefined = undefined
  readonly #startedAt: number
  #ended: boolean = false
  /** When the last attempt ended, or the call began. */
  #endedAt: number

  constructor(
    destination: Destination,
    request: OutgoingRequest,
    init: FetchInit | undefined,
    startedAt: number,
  ) {
    this.#startedAt = startedAt
    this.#endedAt = startedAt
    this.#destination = destination
    this.request = request
    this.scope = currentScope()
    const route = destination.routes.find(request.method, request.path)
    this.route = init?.route ?? route.name
    this.key = init?.key
    this.#onAttempt = init?.onAttempt
    this.idempotent =
      init?.idempotent ??
      mayRepeat(request.method, route.idempotence, hasHeader(request.headers, 'idempotency-key'))
    this.priority = init?.priority ?? this.scope?.priority ?? 0
    this.span = destination.recorder?.startSpan(request.method, this.route)
    carryOn(request.headers, this.scope, this.priority, newRequestId)
  }

  /** One attempt, as the policies ask for it. */
  readonly attempt = ({ attempt, deadline }: OperationContext): Promise<FetchResponse> => {
    const destination = this.#destination
    const now = clock.now()
    const { headers, body, method, path } = this.request
    this.deadline = deadline
    const endpoint = destination.endpoints.pick(now, this.#tried(), destination.hashOf(this))
    const { limits } = destination
    const exchange = new Exchange(this, endpoint, limits, this.#latest, attempt, now)
    this.#latest = exchange
    replaceHeader(headers, ATTEMPT_COUNT_HEADER, String(attempt))
    const leftMs = expectedMs(deadline, limits.attempt?.limitMs ?? Infinity, now)
    if (leftMs !== Infinity) replaceHeader(headers, DEADLINE_HEADER, String(leftMs))
    if (endpoint.host !== undefined) replaceHeader(headers, 'host', endpoint.host)
    if (this.span !== undefined) this.#trace(this.span, exchange, now)
    this.#onAttempt?.(attempt)
    return exchange.start({ method, path, headers, body: body?.open() as null, idempotent: this.idempotent })
  }

  answered(exchange: Exchange, status: number): void {
    const durationMs = this.#settle(exchange, status >= 500)
    this.#destination.recorder?.attempted(status, '', durationMs)
  }

  failed(exchange: Exchange, error: Error): void {
    if (error instanceof TransportError) error.retryable = this.#mayRepeatAfter(error)
    if (error instanceof TimeLimitError) {
      this.#destination.policy.emit('timeout', 'attempt', { timeoutMs: error.timeoutMs })
    }
    const durationMs = speaksAgainstEndpoint(error)
      ? this.#settle(exchange, true)
      : clock.now() - exchange.startedAt
    this.#destination.recorder?.attempted(0, codeOf(error), durationMs)
  }

  over(): void {
    if (this.#ended) this.request.body?.close()
  }

  broken(exchange: Exchange, error: Error): void {
    if (speaksAgainstEndpoint(error)) this.#settle(exchange, true)
  }

  mayRepeat(status: number): boolean {
    return this.#destination.retryOn.matchesStatus(status) && this.idempotent && this.#canSendAgain
  }

  /** The call is over for its caller, who has the head of an answer, or none. */
  report(outcome: CallOutcome, status: number, error?: unknown): void {
    const durationMs = clock.now() - this.#startedAt
    this.#destination.recorder?.finished(this.route, outcome, status, durationMs, this.span?.traceId)
    this.span?.end(outcome, status, error)
  }

  /** The answer is taken: other attempts are not waited for. */
  take(answer: FetchResponse): void {
    this.#end(answer, OVERTAKEN)
  }

  /** There is no answer: all attempts end, for this reason. */
  abandon(reason: Error): void {
    this.#end(undefined, reason)
  }

  #end(winner: FetchResponse | undefined, reason: Error): void {
    const kept = winner === undefined ? undefined : FetchResponse.sourceOf(winner)
    for (let exchange = this.#latest; exchange !== undefined; exchange = exchange.former) {
      if (exchange !== kept) exchange.abandon(reason)
    }
    // A body that is still being sent belongs to the attempt whose answer came early.
    this.#ended = true
    if (kept === undefined || (kept as Exchange).over) this.request.body?.close()
  }

  #trace(span: CallSpan, exchange: Exchange, now: number): void {
    // In the queue of a bulkhead, or before another attempt.
    const waitedMs = now - this.#endedAt
    if (waitedMs >= WAIT_MS) span.event('wait', { attempt: exchange.attempt, ms: Math.round(waitedMs) })
    exchange.trace(span, this.request.headers)
  }

  /** Tells the endpoints how it went; answers how long it took. */
  #settle(exchange: Exchange, failed: boolean): number {
    const now = clock.now()
    const { endpoint, startedAt } = exchange
    this.#endedAt = now
    const ejected = this.#destination.endpoints.settled(endpoint, now, now - startedAt, failed)
    if (ejected) this.span?.event('ejection', { endpoint: endpoint.origin })
    return now - startedAt
  }

  /** Whether two attempts may be under way at the same time. */
  get mayHedge(): boolean {
    return this.idempotent && (this.request.body === undefined || this.request.body.shareable)
  }

  #mayRepeatAfter(error: TransportError): boolean {
    const { retryOn } = this.#destination
    // What never reached the callee is harmless to send again, whatever it is.
    const neverSent = error.failureClass === 'connect-failure' || error.failureClass === 'refused-stream'
    return retryOn.matchesFailure(error.failureClass) && (this.idempotent || neverSent) && this.#canSendAgain
  }

  get #canSendAgain(): boolean {
    return this.request.body === undefined || this.request.body.replayable
  }

  #tried(): Endpoint[] | undefined {
    if (this.#latest === undefined) return undefined
    const tried: Endpoint[] = []
    for (let exchange: Exchange | undefined = this.#latest; exchange; exchange = exchange.former) {
      tried.push(exchange.endpoint)
    }
    return tried
  }
}

/** A shorter wait is none. */
const WAIT_MS = 1

/** Giving up on an endpoint because time ran out speaks against it, a caller's own change of mind does not. */
function speaksAgainstEndpoint(error: Error): boolean {
  return error instanceof TransportError || error instanceof TimeoutError
}

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
