import { type OperationContext, type Policy, TimeoutError } from '@watertight/policy'
import type { Dispatcher } from 'undici'
import {
  carryOn,
  expectedMs,
  hasHeader,
  mayRepeat,
  mayTryAgain,
  type RepeatableRequest,
  type Verdict,
  type Verdicts,
  writeAttemptHeaders,
} from '@watertight/traffic'
import { clock } from '../../runtime/clock.js'
import { undici } from '../connections/undici.js'
import { randomId } from '../../runtime/random.js'
import { currentScope } from '../../scope/current-scope.js'
import type { LimitQueue } from '../../runtime/limit-queue.js'
import { BodyWatch } from '../call/body-watch.js'
import { type AttemptOwner, InterceptedAttempt } from './intercepted-attempt.js'
import { InterceptedBody } from './intercepted-body.js'
import { flatHeaders } from './flat-headers.js'

type Controller = Dispatcher.DispatchController

/** What all calls through one interceptor have in common. */
export interface Interception {
  readonly dispatch: Dispatcher.Dispatch
  readonly verdicts: Verdicts
  readonly attemptLimit: LimitQueue | undefined
  /** The total limit, where one was asked for: it covers the body too. The default ends with the head. */
  readonly totalMs: number | undefined
  readonly replayBytesMax: number
}

/**
 * One request of somebody else's dispatcher on its way through our policies. To the handler it looks like one request:
 * it is told of one start and one response, and its controller reaches whichever attempt is under way.
 */
export class InterceptedCall implements AttemptOwner, Controller, RepeatableRequest {
  readonly origin: string
  readonly #interception: Interception
  readonly #options: Dispatcher.DispatchOptions
  readonly #handler: Dispatcher.DispatchHandler
  readonly #headers: string[]
  readonly #body: InterceptedBody
  readonly idempotent: boolean
  readonly #priority: number
  readonly #abort: AbortController = new AbortController()
  #attempt: InterceptedAttempt | undefined = undefined
  /** The attempt whose answer the handler gets. */
  #taken: InterceptedAttempt | undefined = undefined
  #deadline: number = Infinity
  #bodyWatch: BodyWatch | undefined = undefined
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
    this.#body = new InterceptedBody(options.body, interception.replayBytesMax)
    const scope = currentScope()
    this.#priority = scope?.priority ?? 0
    carryOn(this.#headers, scope, this.#priority, randomId)
    this.idempotent =
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
    const options = { signal, idempotent: this.idempotent, priority: this.#priority }
    try {
      const answer = await policy.execute(this.#send, options)
      this.#taken = answer
      answer.handOver(this.#handler, this)
      if (answer.over) this.#close()
      else this.#limitBody(answer)
    } catch (error) {
      this.#attempt?.abandon(error as Error)
      this.#close()
      this.#handler.onResponseError?.(this, error as Error)
    }
  }

  started(_controller: Controller, context: unknown): void {
    if (this.#started) return
    this.#started = true
    this.#handler.onRequestStart?.(this, context)
  }

  over(attempt: InterceptedAttempt): void {
    if (attempt === this.#taken) this.#close()
  }

  get verdicts(): Verdicts {
    return this.#interception.verdicts
  }

  mayTryAgain(verdict: Verdict): boolean {
    return mayTryAgain(verdict, this)
  }

  gaveUp(error: Error): boolean {
    // Of the signal of a `fetch` nothing is told, but a time limit has an error of its own name.
    const { signal } = this.#options as { readonly signal?: AbortSignal | null }
    return signal?.aborted === true || error.name === 'TimeoutError'
  }

  /** Who leaves a body, instead of giving up, gives no reason. */
  abort(reason?: Error): void {
    this.#abort.abort(reason)
    this.#attempt?.abandon(this.reason!)
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
    this.#deadline = deadline
    const sending = new InterceptedAttempt(this)
    this.#attempt = sending
    writeAttemptHeaders(
      this.#headers,
      attempt,
      expectedMs(deadline, attemptLimit?.durationMs ?? Infinity, now),
    )
    attemptLimit?.add(sending, now)
    dispatch({ ...this.#options, headers: this.#headers, body: this.#body.open() }, undici.unwrap(sending))
    return sending.answer
  }

  get replayable(): boolean {
    return this.#body.replayable
  }

  #limitBody(answer: InterceptedAttempt): void {
    const { totalMs } = this.#interception
    if (totalMs === undefined || this.#deadline === Infinity) return
    this.#bodyWatch = new BodyWatch(answer, undefined)
    this.#bodyWatch.limit(this.#deadline - clock.now(), () => new TimeoutError(totalMs))
  }

  #close(): void {
    this.#bodyWatch?.end()
    this.#body.close()
  }
}
