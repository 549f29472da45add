import type { Dispatcher } from 'undici'
import type { UnsettledResult } from '@watertight/policy'
import { AnswerOutcome } from '../call/answer-outcome.js'
import { classifyFailure } from '../failure/classify-failure.js'
import { AttemptTimeoutError } from '../failure/time-limit-error.js'
import { TransportError } from '../failure/transport-error.js'
import { aborted, FAILURE_HEADER, type JudgedAnswer, type Verdict, type Verdicts } from '@watertight/traffic'
import { verdictOfError } from '../failure/verdict-of-error.js'
import { ExpiryEntry } from '@watertight/policy/decisions'

type Controller = Dispatcher.DispatchController
type Handler = Dispatcher.DispatchHandler
type ResponseHeaders = Parameters<NonNullable<Handler['onResponseStart']>>[2]

/** A thrown-away body is read to its end if that is near, which keeps the connection. */
const DRAIN_BYTES_MAX = 65_536

/** What an attempt asks of the call that it belongs to. */
export interface AttemptOwner {
  readonly origin: string
  /** The attempt is on a connection. */
  started(controller: Controller, context: unknown): void
  /** Nothing more comes of the attempt. */
  over(attempt: InterceptedAttempt): void
  readonly verdicts: Verdicts
  mayTryAgain(verdict: Verdict): boolean
  /** Whoever asked for the request has given it up, and does not merely leave the rest of its body. */
  gaveUp(error: Error): boolean
}

/**
 * One attempt of an intercepted request. It holds the response back, paused, until the policies have taken it; then it
 * hands everything on.
 */
export class InterceptedAttempt extends ExpiryEntry implements Handler, JudgedAnswer {
  status: number = 0
  verdict: Verdict = aborted
  readonly answer: Promise<InterceptedAttempt>
  readonly #owner: AttemptOwner
  #controller: Controller | undefined = undefined
  #headers: ResponseHeaders = {}
  #statusText: string | undefined = undefined
  #taken: Handler | undefined = undefined
  #dropped: number = -1
  /** What came before anybody took it: a dispatcher that makes answers up, as those of tests do, does not pause. */
  #early: Buffer[] = []
  #earlyEnd: ResponseHeaders | undefined = undefined
  #earlyError: Error | undefined = undefined
  #outcome: AnswerOutcome | undefined = undefined
  #over: boolean = false
  #resolve!: (attempt: InterceptedAttempt) => void
  #reject!: (error: Error) => void

  constructor(owner: AttemptOwner) {
    super()
    this.#owner = owner
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** The policies let go of a result by cancelling its stream: this is what they find in place of one. */
  get body(): { cancel(): void; getReader(): never } {
    return { cancel: () => this.drop(), getReader: unreadable }
  }

  get over(): boolean {
    return this.#over
  }

  get unsettled(): UnsettledResult | undefined {
    return this.#outcome!.unsettled
  }

  header(name: string): string | undefined {
    const value = this.#headers[name]
    return Array.isArray(value) ? value[0] : value
  }

  mayTryAgain(): boolean {
    return this.#owner.mayTryAgain(this.verdict)
  }

  /** The response is wanted: the handler gets it, and the rest as it comes. */
  handOver(handler: Handler, controller: Controller): void {
    this.#taken = handler
    handler.onResponseStart?.(controller, this.status, this.#headers, this.#statusText)
    for (const chunk of this.#early) handler.onResponseData?.(controller, chunk)
    this.#early = []
    if (this.#earlyEnd !== undefined) handler.onResponseEnd?.(controller, this.#earlyEnd)
    if (this.#earlyError !== undefined) handler.onResponseError?.(controller, this.#earlyError)
    this.#outcome!.watch()
    this.#controller?.resume()
  }

  drop(): void {
    if (this.#over) return
    this.#dropped = 0
    this.#outcome?.watch()
    this.#controller?.resume()
  }

  /** Ends the attempt, wherever it stands. */
  abandon(reason: Error): void {
    if (this.#over) return
    this.#fail(reason)
    this.#controller?.abort(reason)
  }

  pause(): void {
    this.#controller?.pause()
  }

  resume(): void {
    this.#controller?.resume()
  }

  override expire(limitMs: number): void {
    this.abandon(new AttemptTimeoutError({ endpoint: this.#owner.origin, timeoutMs: limitMs }))
  }

  onRequestStart(controller: Controller, context: unknown): void {
    this.#controller = controller
    if (this.#over) controller.abort(new Error('the call is over'))
    else this.#owner.started(controller, context)
  }

  onResponseStart(
    controller: Controller,
    status: number,
    headers: ResponseHeaders,
    statusText?: string,
  ): void {
    if (status < 200 || this.#over) return
    this.end()
    this.status = status
    this.#headers = headers
    const { verdicts } = this.#owner
    this.verdict =
      status === 503 ? verdicts.ofUnavailable(this.header(FAILURE_HEADER)) : verdicts.ofStatus(status)
    this.#outcome = new AnswerOutcome(this.verdict)
    this.#statusText = statusText
    controller.pause()
    this.#resolve(this)
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#dropped >= 0) {
      this.#dropped += chunk.length
      if (this.#dropped > DRAIN_BYTES_MAX) this.abandon(new Error('the rest of the body is not wanted'))
    } else if (this.#taken === undefined) this.#early.push(chunk)
    else {
      try {
        this.#taken.onResponseData?.(controller, chunk)
      } catch (error) {
        // The handler's own fault, which says nothing of the callee.
        this.abandon(error as Error)
      }
    }
  }

  onResponseEnd(controller: Controller, trailers: ResponseHeaders): void {
    this.#over = true
    this.#outcome?.settle(this.verdict)
    const taken = this.#taken
    if (taken === undefined) this.#earlyEnd = trailers
    else {
      try {
        taken.onResponseEnd?.(controller, trailers)
      } catch (error) {
        // Some throw here what they want to hear as the error of the request, as undici's own retries do.
        taken.onResponseError?.(controller, error as Error)
      }
    }
    this.#owner.over(this)
  }

  onResponseError(_controller: Controller, error: Error): void {
    if (!this.#over) this.#fail(classifyFailure(error, this.#owner.origin, this.#controller !== undefined))
  }

  #fail(error: Error): void {
    this.#over = true
    this.end()
    if (error instanceof TransportError) {
      error.retryable = this.#owner.mayTryAgain(verdictOfError(error, this.#owner.verdicts))
    }
    this.#outcome?.settle(this.#verdictOfBreak(error), error)
    if (this.#taken === undefined) this.#earlyError = error
    else if (this.#controller !== undefined) this.#taken.onResponseError?.(this.#controller, error)
    this.#reject(error)
    this.#owner.over(this)
  }

  #verdictOfBreak(error: Error): Verdict {
    const verdict = verdictOfError(error, this.#owner.verdicts)
    // Whoever leaves the rest of an answer has it; whoever gives up has waited for more, and that says nothing.
    return verdict.outcome === 'aborted' && !this.#owner.gaveUp(error) ? this.verdict : verdict
  }
}

function unreadable(): never {
  throw new TypeError('cannot read body: it belongs to the handler of the request')
}
