import type { OperationContext, Policy } from '@watertight/policy'
import type { Dispatcher } from 'undici'
import {
  carryOn,
  DEADLINE_HEADER,
  expectedMs,
  mayRepeat,
  replaceHeader,
  type RetryConditions,
  hasHeader,
  ATTEMPT_COUNT_HEADER,
} from '@watertight/traffic'
import { clock } from '../../runtime/clock.js'
import { newRequestId } from '../../runtime/new-request-id.js'
import type { TransportError } from '../failure/transport-error.js'
import { currentScope } from '../../scope/request-scope.js'
import type { ExpiryQueue } from '../../runtime/expiry-queue.js'
import { type AttemptOwner, InterceptedAttempt } from './intercepted-attempt.js'
import { flatHeaders } from './wire-headers.js'

type Controller = Dispatcher.DispatchController

/** What all calls through one interceptor have in common. */
export interface Interception {
  readonly dispatch: Dispatcher.Dispatch
  readonly retryOn: RetryConditions
  readonly attemptLimit: ExpiryQueue | undefined
}

/**
 * One request of somebody else's dispatcher on its way through our policies. To the handler it looks like one request:
 * it is told of one start and one response, and its controller reaches whichever attempt is under way.
 */
export class InterceptedCall implements AttemptOwner, Controller {
  readonly origin: string
  readonly #interception: Interception
  readonly #options: Dispatcher.DispatchOptions
  readonly #handler: Dispatcher.DispatchHandler
  readonly #headers: string[]
  readonly #idempotent: boolean
  readonly #priority: number
  readonly #abort: AbortController = new AbortController()
  #attempt: InterceptedAttempt | undefined = undefined
  #started: boolean = false
  paused: boolean = false

  constructor(
    interception: Interception,
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ) {
    this.#interception = interception
    this.#options = options
    this.#handler = handler
    this.origin = String(options.origin ?? '')
    this.#headers = flatHeaders(options.headers)
    const scope = currentScope()
    this.#priority = scope?.priority ?? 0
    carryOn(this.#headers, scope, this.#priority, newRequestId)
    this.#idempotent =
      options.idempotent ?? mayRepeat(options.method, undefined, hasHeader(this.#headers, 'idempotency-key'))
  }

  get aborted(): boolean {
    return this.#abort.signal.aborted
  }

  get reason(): Error | null {
    return this.aborted ? (this.#abort.signal.reason as Error) : null
  }

  /** Takes the request through the policies. Never rejects: the handler is told. */
  async run(policy: Policy): Promise<void> {
    const { signal } = this.#abort
    const options = { signal, idempotent: this.#idempotent, priority: this.#priority }
    try {
      const answer = await policy.execute(this.#send, options)
      answer.handOver(this.#handler, this)
    } catch (error) {
      this.#attempt?.abandon(error as Error)
      this.#handler.onResponseError?.(this, error as Error)
    }
  }

  started(_controller: Controller, context: unknown): void {
    if (this.#started) return
    this.#started = true
    this.#handler.onRequestStart?.(this, context)
  }

  mayRepeatAfterStatus(status: number): boolean {
    return this.#interception.retryOn.matchesStatus(status) && this.#idempotent && this.#canSendAgain
  }

  mayRepeatAfter(error: TransportError): boolean {
    const neverSent = error.failureClass === 'connect-failure' || error.failureClass === 'refused-stream'
    const { retryOn } = this.#interception
    return retryOn.matchesFailure(error.failureClass) && (this.#idempotent || neverSent) && this.#canSendAgain
  }

  abort(reason: Error): void {
    this.#abort.abort(reason)
    this.#attempt?.abandon(reason)
  }

  pause(): void {
    this.paused = true
    this.#attempt?.pause()
  }

  resume(): void {
    this.paused = false
    this.#attempt?.resume()
  }

  readonly #send = ({ attempt, deadline }: OperationContext): Promise<InterceptedAttempt> => {
    const { dispatch, attemptLimit } = this.#interception
    const now = clock.now()
    const sending = new InterceptedAttempt(this)
    this.#attempt = sending
    replaceHeader(this.#headers, ATTEMPT_COUNT_HEADER, String(attempt))
    const leftMs = expectedMs(deadline, attemptLimit?.limitMs ?? Infinity, now)
    if (leftMs !== Infinity) replaceHeader(this.#headers, DEADLINE_HEADER, String(leftMs))
    attemptLimit?.add(sending, now)
    dispatch({ ...this.#options, headers: this.#headers }, sending)
    return sending.answer
  }

  /** A body that is in memory can be sent again; a stream belongs to whoever made it. */
  get #canSendAgain(): boolean {
    const { body } = this.#options
    return body === undefined || body === null || typeof body === 'string' || body instanceof Uint8Array
  }
}
