import type { IncomingMessage } from 'node:http'
import { readBaggage, readTraceparent, readTracestate, type RequestScope } from '@watertight/traffic'
import type { Clock, Timer } from '../../runtime/clock.js'
import { currentScope } from '../../scope/current-scope.js'
import { CallerGoneError, DeadlineExceededError, DrainingError } from './errors.js'
import { requestIdOf } from './request-id-of.js'

/** How the work for a request ended: answered, out of time, or its caller left before either. */
export type RequestEnd = 'answered' | 'expired' | 'abandoned'

/** A request that is being answered. Whatever costs something is made when it is first read. */
export class GuardedRequest implements RequestScope {
  /** When its caller stops waiting, in the monotonic milliseconds of the guard's clock; `Infinity` if unknown. */
  readonly deadline: number
  /** From -100 to 100, higher is more important. */
  readonly priority: number
  /** Monotonic milliseconds. */
  readonly arrivedAt: number
  private readonly message: IncomingMessage
  private readonly clock: Clock
  private knownId: string | undefined = undefined
  private controller: AbortController | undefined = undefined
  private timer: Timer | undefined = undefined
  private ended: RequestEnd | undefined = undefined
  private isDraining: boolean = false

  constructor(message: IncomingMessage, clock: Clock, arrivedAt: number, deadline: number, priority: number) {
    this.message = message
    this.clock = clock
    this.arrivedAt = arrivedAt
    this.deadline = deadline
    this.priority = priority
  }

  /** The caller's `x-request-id`, or a new one. */
  get requestId(): string {
    return (this.knownId ??= requestIdOf(this.message.headers))
  }

  get traceparent(): string | undefined {
    return readTraceparent(this.message.headers['traceparent'])
  }

  get tracestate(): string | undefined {
    return readTracestate(this.message.headers['tracestate'])
  }

  get baggage(): string | undefined {
    return readBaggage(this.message.headers['baggage'])
  }

  /** Milliseconds until its caller stops waiting: 0 once it has, `Infinity` if unknown. */
  remainingMs(): number {
    return Math.max(0, this.deadline - this.clock.now())
  }

  /**
   * Aborts when the answer is of use to nobody any more: with a `DeadlineExceededError` at the deadline, with a
   * `CallerGoneError` when the caller disconnects; and that of a stream with a `DrainingError` when the server is about to
   * stop. A request that was answered in time never aborts.
   */
  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController()
      if (this.isDraining) this.abort(new DrainingError())
      else if (this.ended === undefined) this.watch()
      else if (this.ended !== 'answered') this.abort(this.reasonOf(this.ended))
    }
    return this.controller.signal
  }

  /** The guard's to call, once. */
  end(end: RequestEnd): void {
    this.ended = end
    this.timer?.cancel()
    // An error is dear, and of an abandoned request most often nobody has asked for it.
    if (end !== 'answered' && this.controller !== undefined) this.abort(this.reasonOf(end))
  }

  /** The guard's to call, for a stream: it is to end now. */
  drain(): void {
    this.isDraining = true
    this.abort(new DrainingError())
  }

  /** Why the answer is of use to nobody. */
  reasonOf(end: RequestEnd): DeadlineExceededError | CallerGoneError {
    return end === 'expired'
      ? new DeadlineExceededError(this.deadline - this.arrivedAt)
      : new CallerGoneError()
  }

  private watch(): void {
    const remainingMs = this.remainingMs()
    if (remainingMs === Infinity) return
    if (remainingMs === 0) this.abort(this.reasonOf('expired'))
    else this.timer = this.clock.setTimer(remainingMs, () => this.abort(this.reasonOf('expired')))
  }

  private abort(reason: Error): void {
    this.controller?.abort(reason)
  }
}

/** The guarded request that the running code works for, if it works for one. */
export function currentRequest(): GuardedRequest | undefined {
  const scope = currentScope()
  return scope instanceof GuardedRequest ? scope : undefined
}
