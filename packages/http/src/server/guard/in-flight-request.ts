import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Verdict } from '@watertight/policy/decisions'
import type { ServerRecorder, ServerSpan } from '@watertight/telemetry'
import {
  type Faults,
  type Overload,
  type Route,
  type RouteTable,
  type Shedding,
  type SlotSeeker,
  type TimeLeft,
  Verdicts,
} from '@watertight/traffic'
import type { Clock } from '../../runtime/clock.js'
import { isCarried, withScope } from '../../scope/current-scope.js'
import { whenOver } from './when-over.js'
import type { Answer } from '../answer.js'
import { limitChunkedBody } from './body-limit.js'
import type { GuardedRequest, RequestEnd } from './guarded-request.js'
import { header } from './request-id-of.js'
import type { RequestAdapter } from './request-adapter.js'
import { endInPlace } from './end-in-place.js'
import { loseAnswer } from './lose-answer.js'
import { isEventStream } from './is-event-stream.js'
import { lateAnswer, overloadedAnswer } from './answers.js'
import { Listed, type InFlightList } from './in-flight-list.js'

/** What the requests of one guard share. */
export interface GuardContext {
  readonly clock: Clock
  readonly timeLeft: TimeLeft | undefined
  readonly shedding: Shedding | undefined
  readonly overload: Overload | undefined
  readonly faults: Faults | undefined
  readonly recorder: ServerRecorder | undefined
  readonly routes: RouteTable
  readonly bodyBytesMax: number
  readonly retryAfterSeconds: number
  /** Those under way. */
  readonly inFlight: InFlightList<InFlightRequest>
  /** Work that goes on although its callers have left. */
  readonly abandoned: { count: number }
}

/** A server calls nothing an answer that its clients might call a failure. */
const verdicts = new Verdicts()

const NOT_BEGUN: unique symbol = Symbol('not begun')

/** One request on its way through the guard: judged, perhaps queued, then run, and settled when its response closes. */
export class InFlightRequest extends Listed implements SlotSeeker {
  readonly request: GuardedRequest
  readonly response: ServerResponse
  private readonly context: GuardContext
  private readonly adapter: RequestAdapter
  /** Unknown where the framework matches it later. */
  private readonly route: Route | undefined
  private permit: number = 0
  private startedAt: number
  private stopWaiting: (() => void) | undefined = undefined
  private work: unknown = NOT_BEGUN
  private span: ServerSpan | undefined = undefined
  private isRefused: boolean = false
  private isExempt: boolean = false
  private isClosed: boolean = false

  constructor(
    context: GuardContext,
    request: GuardedRequest,
    response: ServerResponse,
    adapter: RequestAdapter,
    template: string | undefined,
  ) {
    super()
    this.context = context
    this.request = request
    this.response = response
    this.adapter = adapter
    this.route = template === undefined ? undefined : context.routes.of(methodOf(response), template)
    this.startedAt = request.arrivedAt
    context.inFlight.add(this)
    context.recorder?.started()
    response.on('close', () => this.close())
    // One that a caller has sent ahead (pipelining) waits for the connection, and hears nothing of its end from Node.
    if (response.socket === null) response.req.socket.once('close', () => this.close())
  }

  /** A request without an end of its own: one that is exempt, or is answered by events. */
  get isStream(): boolean {
    return this.isExempt || isEventStream(this.response)
  }

  begin(isExempt: boolean): void {
    this.isExempt = isExempt
    const { request } = this
    const { arrivedAt, deadline } = request
    const { overload, shedding } = this.context
    if (isExempt) this.proceed()
    else if (this.hasTime(arrivedAt)) {
      if (overload?.sheds(request.priority, arrivedAt) === true) this.shed()
      else if (shedding === undefined) this.proceedUnlessStruck(arrivedAt)
      else this.stopWaiting = shedding.seek(this, arrivedAt, request.priority, deadline - arrivedAt)
    }
  }

  granted(permit: number, now: number): void {
    const hasWaited = this.stopWaiting !== undefined
    this.stopWaiting = undefined
    this.permit = permit
    this.startedAt = now
    if (!hasWaited || this.hasTime(now)) this.proceedUnlessStruck(now)
  }

  shed(): void {
    const { clock } = this.context
    const hasWaited = this.stopWaiting !== undefined
    this.stopWaiting = undefined
    if (hasWaited && !this.hasTime(clock.now())) return
    this.refuse(overloadedAnswer(this.request.requestId, this.context.retryAfterSeconds))
  }

  refuse(answer: Answer): void {
    this.isRefused = true
    this.adapter.answer(answer)
  }

  /** Whether there is time enough to start; if not, the refusal is out. */
  private hasTime(now: number): boolean {
    const { timeLeft, retryAfterSeconds } = this.context
    const remainingMs = this.request.deadline - now
    if (remainingMs === Infinity || timeLeft === undefined) return true
    const refusal = timeLeft.judge(this.route, remainingMs, now)
    if (refusal === undefined) return true
    this.refuse(lateAnswer(refusal, this.request.requestId, retryAfterSeconds))
    return false
  }

  private proceedUnlessStruck(now: number): void {
    const { faults, clock } = this.context
    if (faults === undefined) return this.proceed()
    const { method = '', url = '' } = this.response.req
    const fault = faults.strike(now, { method, path: url })
    if (fault === undefined) return this.proceed()
    const { end, delayMs } = fault
    if (fault.when === 'after' && end !== undefined) {
      loseAnswer(this.response, fault, end, clock)
      return this.proceed()
    }
    const strike = (): void => {
      if (this.response.destroyed) return
      if (end === undefined) this.proceed()
      else endInPlace(this.response, end)
    }
    if (delayMs > 0) clock.setTimer(delayMs, strike)
    else strike()
  }

  private proceed(): void {
    const { recorder, bodyBytesMax, clock } = this.context
    const message: IncomingMessage = this.response.req
    if (bodyBytesMax !== Infinity && header(message, 'transfer-encoding') !== undefined)
      limitChunkedBody(this.response, bodyBytesMax, clock)
    const span = recorder?.startSpan(message)
    this.span = span
    this.work = span === undefined ? this.run() : span.run(() => this.run())
  }

  private run(): unknown {
    const { request } = this
    return isCarried()
      ? withScope(request, () => this.adapter.proceed(request))
      : this.adapter.proceed(request)
  }

  private close(): void {
    if (this.isClosed) return
    this.isClosed = true
    const { request, response, route } = this
    const { clock, recorder, timeLeft, routes, inFlight } = this.context
    inFlight.remove(this)
    this.stopWaiting?.()
    const now = clock.now()
    const isSent = response.writableFinished
    const end = now > request.deadline ? 'expired' : isSent ? 'answered' : 'abandoned'
    request.end(end)
    const durationMs = now - this.startedAt
    const status = response.headersSent ? response.statusCode : 0
    const { failed } = verdicts.ofStatus(status)
    // Only work that went well, and time that ran out, tell how much this process can take and how long it needs.
    const verdict = end === 'expired' ? 'failure' : end === 'answered' && !failed ? 'success' : 'ignored'
    if (route !== undefined && verdict !== 'ignored' && !this.isRefused)
      timeLeft?.record(route, durationMs, now)
    // A slot is running work: it is free when that is over, whether the caller is still there or not.
    if (this.work === NOT_BEGUN) this.free('ignored', now)
    else if (isSent) this.free(verdict, now)
    else this.freeLater(verdict, now)
    if (recorder === undefined) return
    const { name } = route ?? routes.of(methodOf(response), this.adapter.route?.())
    recorder.finished(name, this.outcome(end, failed), status, durationMs, this.span?.traceId)
    this.span?.end(name, status, isSent ? undefined : request.reasonOf(end))
  }

  /** A caller who leaves when his time is over has been failed; one who leaves before says nothing of the service. */
  private outcome(end: RequestEnd, failed: boolean): 'refused' | 'aborted' | 'success' | 'failure' {
    if (!this.response.writableFinished) return end === 'expired' ? 'failure' : 'aborted'
    if (!failed) return 'success'
    return this.isRefused ? 'refused' : 'failure'
  }

  private free(verdict: Verdict, now: number): void {
    if (this.permit > 0) this.context.shedding?.settle(this.permit, now, verdict, now - this.startedAt)
  }

  private freeLater(verdict: Verdict, now: number): void {
    const { shedding, clock, abandoned } = this.context
    if (this.permit > 0) shedding?.learn(this.permit, now, verdict, now - this.startedAt)
    abandoned.count += 1
    whenOver(this.work, this.response, clock, () => {
      abandoned.count -= 1
      this.free('ignored', clock.now())
    })
  }
}

function methodOf({ req }: ServerResponse): string {
  return req.method ?? ''
}
