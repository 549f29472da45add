import { systemClock } from '@watertight/policy/decisions'
import { RefusalError } from '@watertight/policy'
import type { CacheableRequest, Fault } from '@watertight/traffic'
import type { HeaderBlock, ResponseHead } from '../http1/index.js'
import { normalizedTarget, withPath } from '../routes/normalized-target.js'
import type { ForwardAction, Route } from '../routes/route.js'
import { AttemptFailure, proxyFailures } from '../upstream/attempt-failure.js'
import type { AnswerInTheMaking } from '../upstream/last-answers.js'
import type { UpstreamAttempt } from '../upstream/upstream-attempt.js'
import { AdmittedRequest } from './admitted-request.js'
import { answerToKeep, cacheableRequest, replacementFor } from './answer-to-keep.js'
import type { Caller } from './caller.js'
import { callersDeadline } from './callers-deadline.js'
import { type AnsweredRequest, CallerAnswer } from './caller-answer.js'
import { ExchangeRecord } from './exchange-record.js'
import { ExchangeTrace } from './exchange-trace.js'
import { AHEAD_BYTES_MAX, type CallOwner } from './call-owner.js'
import type { ForwardedCall } from './forwarded-call.js'
import { answerFor, type LocalAnswer, localAnswers } from './local-answer.js'
import type { MirroredCall } from './mirrored-call.js'
import { answerOfRoute, refusalOf, routeFor } from './answer-of-route.js'
import type { ProxyContext } from './proxy-context.js'
import { RequestBody } from './request-body.js'
import { informationLines, originTarget, trailerLines } from './request-lines.js'
import type { ResponseFlag } from './response-flags.js'
import { startCall } from './start-call.js'

/**
 * One request from its head to the end of its answer: finds its route, hands it to the policies of a destination, and
 * passes on what they decide for. Everything happens by callbacks: nothing on a request's way makes a promise.
 */
export class Exchange implements CallOwner, AnsweredRequest {
  readonly body: RequestBody
  private readonly caller: Caller
  private readonly context: ProxyContext
  private readonly record: ExchangeRecord
  private readonly answer: CallerAnswer
  private target: string
  private call: ForwardedCall | undefined = undefined
  private mirrored: MirroredCall | undefined = undefined
  private kept: UpstreamAttempt | undefined = undefined
  /** The answer is kept for when there is none. */
  private keeping: AnswerInTheMaking | undefined = undefined
  private isStarted: boolean = false
  private isPaused: boolean = false
  /** The connection has changed to another protocol. */
  private isTunnel: boolean = false

  constructor(caller: Caller, context: ProxyContext) {
    const { request } = caller
    this.caller = caller
    this.context = context
    this.target = originTarget(request)
    this.body = new RequestBody(request.bodyLength, context.replayBytesMax)
    this.record = new ExchangeRecord(context, request.method, this.target, caller.address)
    this.answer = new CallerAnswer(caller, this.record, this)
  }

  get attempts(): number {
    return this.call?.attempts ?? 0
  }

  get bytesReceived(): number {
    return this.body.received
  }

  /** The head has been read, and what came together with it of the body. */
  start(): void {
    if (this.isStarted) return
    this.isStarted = true
    const { caller, context, answer } = this
    if (answer.isOver) return
    if (context.traces) this.record.trace = ExchangeTrace.of(context.recorder, caller.request, this.target)
    const refusal = refusalOf(caller, context)
    if (refusal !== undefined) {
      if (caller.refusal !== undefined) this.record.detail = caller.refusal
      return answer.give(refusal)
    }
    const target = context.normalizesPaths
      ? normalizedTarget(this.target, context.mergesSlashes)
      : this.target
    if (target === undefined) return answer.give(localAnswers.badPath)
    this.target = target
    const route = routeFor(caller, target, context)
    if ('status' in route) answer.give(route)
    else this.take(route)
  }

  // What the caller's connection tells.

  bodyData(chunk: Buffer): void {
    if (this.answer.isOver) return
    if (this.isTunnel) return this.call!.sendRaw(chunk)
    const { body } = this
    body.add(chunk)
    if (body.received > this.context.bodyBytesMax) return this.refuseRequest(localAnswers.tooLarge)
    if (this.call !== undefined) this.call.bodyCame()
    else if (this.isStarted && body.received > AHEAD_BYTES_MAX) this.bodyFlows(false)
  }

  bodyEnded(trailers: HeaderBlock | undefined): void {
    this.body.isEnded = true
    this.body.trailers = trailerLines(trailers)
    // A copy first: the call lets go of what it has sent.
    this.mirrored?.begin()
    this.call?.bodyCame()
  }

  /** The caller has nothing more to say in the protocol that the connection has changed to. */
  tunnelEnded(): void {
    this.kept?.stream?.finish('')
  }

  /** The caller can take more of the answer. */
  drained(): void {
    if (!this.isPaused) return
    this.isPaused = false
    this.kept?.resume()
  }

  /** The rest of the request is none, or does not come, or is too much: what was passed on of it must not look whole. */
  refuseRequest(refusal: LocalAnswer): void {
    if (this.answer.isOver) return
    this.call?.cancel(CALLER_GONE)
    this.record.detail = refusal.body
    if (this.kept === undefined) this.answer.give(refusal)
    else this.answer.cut(refusal.flag, refusal.body, true)
  }

  /** The caller has left. */
  callerGone(): void {
    if (this.answer.isOver) return
    this.answer.leave()
    this.call?.cancel(CALLER_GONE)
  }

  // What the call tells.

  informed(head: ResponseHead): void {
    const { caller, context } = this
    const { minorVersion, expectsContinue } = caller.request
    if (this.answer.isOver || minorVersion === 0) return
    // Who expects it has been told by us, unless the service is to decide; nobody else waits for it.
    if (head.status === 100 && (context.continuesHere || !expectsContinue)) return
    caller.inform(head.status, informationLines(head))
  }

  answered(attempt: UpstreamAttempt, head: ResponseHead): void {
    const { answer, record } = this
    if (answer.isOver) return attempt.abort()
    const instead = attempt.verdict.replaceable
      ? replacementFor(record.destination!, this.cacheable)
      : undefined
    if (instead !== undefined) {
      attempt.isKept = false
      record.replaced({ status: head.status })
      return answer.give(instead)
    }
    this.kept = attempt
    record.endpoint = attempt.endpoint.origin
    if (attempt.verdict.repeatable && this.attempts > 1) record.flag('URX')
    this.isTunnel = head.status === 101
    const { lastAnswers } = record.destination!
    if (lastAnswers !== undefined) this.keeping = answerToKeep(lastAnswers, this.cacheable, head)
    if (this.isTunnel) answer.switchProtocol(head)
    else answer.pass(head, attempt.answeredMs)
  }

  refused(error: unknown): void {
    const { answer, record } = this
    if (answer.isOver) return
    if (error instanceof AttemptFailure) record.note(error.detail)
    // A flag says that there was a limit, and not which.
    else if (error instanceof RefusalError) {
      record.note(error.message)
      record.trace?.refused(error.code)
    }
    const { state, isProcess } = record.destination!
    const { replaceable } = proxyFailures.verdictOf(error, state.verdicts)
    const instead = replaceable ? replacementFor(record.destination!, this.cacheable) : undefined
    if (instead !== undefined) {
      record.replaced(error)
      return answer.give(instead)
    }
    const made = answerFor(error, isProcess)
    if (error instanceof AttemptFailure && this.attempts > 1) record.flag('URX')
    answer.give(made)
  }

  data(bytes: Buffer, start: number, end: number): void {
    this.keeping?.add(bytes, start, end)
    this.answer.data(bytes, start, end)
    if (!this.caller.isFull || this.isPaused) return
    this.isPaused = true
    this.kept?.pause()
  }

  ended(trailers: HeaderBlock | undefined): void {
    if (this.answer.isOver) return
    this.keeping?.ended()
    this.answer.finish(trailerLines(trailers), this.kept?.verdict.failed === true)
  }

  broken(detail: string, flag: ResponseFlag): void {
    if (!this.answer.isOver) this.answer.cut(flag, detail, false)
  }

  /** The time of the call does not end with the head of its answer, if somebody has said how long it may be. */
  readEnded(): void {
    const { answer } = this
    if (answer.isOver || this.isTunnel || !this.call!.limitsBody) return
    answer.limitUntil(this.call!.deadline, () => {
      this.call?.cancel(CALL_LATE)
      answer.cut('UT', 'the answer did not end in the time of the call', false)
    })
  }

  observed(what: string): void {
    this.record.note(what)
  }

  struck({ delayMs, end }: Fault): void {
    if (delayMs > 0) this.record.flag('DI')
    if (end !== undefined) this.record.flag('FI')
  }

  bodyFlows(flows: boolean): void {
    if (flows) this.caller.resumeBody()
    else this.caller.pauseBody()
  }

  private get cacheable(): CacheableRequest | undefined {
    return cacheableRequest(this.caller.request, this.target)
  }

  private take(route: Route): void {
    const { answer, record, target } = this
    answer.route = route
    record.route = route.name
    const { request } = this.caller
    const preflight = route.crossOrigin?.preflight(request)
    if (preflight !== undefined) return answer.give({ ...localAnswers.empty, lines: preflight })
    const fault = route.faults?.strike(record.startedAt, { method: request.method, path: target })
    if (fault === undefined) return this.act(route)
    if (fault.delayMs === 0) return this.suffer(route, fault)
    record.flag('DI')
    systemClock.setTimer(fault.delayMs, () => {
      if (!answer.isOver) this.suffer(route, fault)
    })
  }

  private suffer(route: Route, { end }: Fault): void {
    if (typeof end === 'number') this.answer.give({ ...localAnswers.fault, status: end })
    else this.act(route)
  }

  private act(route: Route): void {
    const { caller, answer, target } = this
    if (route.action.kind === 'forward') this.admit(route.action)
    else answer.give(answerOfRoute(route.action, caller, target))
  }

  /** Forwards what is let in, at once or after a wait. A tunnel is no work that ends. */
  private admit(action: ForwardAction): void {
    const { caller, context, record } = this
    if (context.admissions === undefined || caller.request.upgrade) return this.forward(action)
    record.admission = new AdmittedRequest(context.admissions, {
      admitted: () => this.forward(action),
      shed: () => this.answer.give(localAnswers.overloaded),
    })
    record.admission.seek(caller, record.startedAt, callersDeadline(caller, undefined, record.startedAt))
  }

  private forward(action: ForwardAction): void {
    const { caller, context, body } = this
    const asks = caller.request.expectsContinue && !body.isEnded && body.received === 0
    if (asks && context.continuesHere) caller.continue()
    if (action.changePath !== undefined) this.target = withPath(this.target, action.changePath)
    const { call, mirrored } = startCall(action, this.target, {
      owner: this,
      caller,
      context,
      record: this.record,
    })
    this.mirrored = mirrored
    this.call = call
    call.begin()
    // It may have had to wait until here.
    if (!this.answer.isOver && body.received > 0) call.bodyCame()
  }
}

/** Why what is under way ends. */
const CALL_LATE = new Error('the time of the call is over')
const CALLER_GONE = new Error('the caller has left')
