import { systemClock, systemRandom, type Timer } from '@watertight/policy/decisions'
import { RefusalError } from '@watertight/policy'
import { type Fault, mayRepeat } from '@watertight/traffic'
import type { HeaderBlock, ResponseHead } from '../http1/index.js'
import { normalizedPath } from '../routes/normalized-path.js'
import { findRoute, type ForwardAction, type Route } from '../routes/route.js'
import { AttemptFailure, proxyFailures } from '../upstream/attempt-failure.js'
import type { UpstreamAttempt } from '../upstream/upstream-attempt.js'
import type { Caller } from './caller.js'
import { callersDeadline } from './callers-deadline.js'
import { ExchangeRecord } from './exchange-record.js'
import { type CallOwner, ForwardedCall, type ForwardedRequest } from './forwarded-call.js'
import { MirroredCall } from './mirrored-call.js'
import {
  answerLines,
  informationLines,
  originTarget,
  requestLines,
  switchLines,
  trailerLines,
} from './request-lines.js'
import { grpcAnswer, speaksGrpc } from './grpc-answer.js'
import { answerFor, type LocalAnswer, localAnswers } from './local-answer.js'
import type { ProxyContext } from './proxy-context.js'
import { proxyHeaderNames } from './proxy-headers.js'
import { RequestBody } from './request-body.js'
import type { ResponseFlag } from './response-flags.js'

const idempotencyKey = proxyHeaderNames.id('idempotency-key')

/**
 * One request from its head to the end of its answer: finds its route, hands it to the policies of a destination, and
 * passes on what they decide for. Everything happens by callbacks: nothing on a request's way makes a promise.
 */
export class Exchange implements CallOwner {
  readonly body: RequestBody
  /** The answer has ended, or will never come. */
  isOver: boolean = false
  private readonly caller: Caller
  private readonly context: ProxyContext
  private readonly record: ExchangeRecord
  private target: string
  private call: ForwardedCall | undefined = undefined
  private route: Route | undefined = undefined
  private mirrored: MirroredCall | undefined = undefined
  private kept: UpstreamAttempt | undefined = undefined
  /** When the time of the call passes in the body of its answer. */
  private bodyLimit: Timer | undefined = undefined
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
  }

  /** The head has been read, and what came together with it of the body. */
  start(): void {
    if (this.isStarted) return
    this.isStarted = true
    if (this.isOver) return
    const { request, refusal } = this.caller
    if (refusal !== undefined) {
      this.record.detail = refusal
      return this.answerLocally(localAnswers.forbidden)
    }
    if (request.bodyLength > this.context.bodyBytesMax) return this.answerLocally(localAnswers.tooLarge)
    const query = this.target.indexOf('?')
    const sent = query < 0 ? this.target : this.target.slice(0, query)
    const path = this.context.normalizesPaths ? normalizedPath(sent, this.context.mergesSlashes) : sent
    if (path === undefined) return this.answerLocally(localAnswers.badPath)
    if (path !== sent) this.target = path + this.target.slice(sent.length)
    const route = findRoute(this.context.routes, request, path)
    if (request.method === 'CONNECT' || (route === undefined && request.method === 'TRACE')) {
      return this.answerLocally(localAnswers.notAllowed)
    }
    if (route === undefined) return this.answerLocally(localAnswers.noRoute)
    this.take(route)
  }

  // What the caller's connection tells.

  bodyData(chunk: Buffer): void {
    if (this.isOver) return
    if (this.isTunnel) return this.call!.sendRaw(chunk)
    const { body } = this
    body.add(chunk)
    if (body.received > this.context.bodyBytesMax) return this.refuseRequest(localAnswers.tooLarge)
    this.call?.bodyCame()
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
  refuseRequest(answer: LocalAnswer): void {
    if (this.isOver) return
    this.call?.cancel(CALLER_GONE)
    this.record.detail = answer.body
    if (this.kept === undefined) return this.answerLocally(answer)
    if (answer.flag !== undefined) this.record.flag(answer.flag)
    this.end(false, true)
    this.caller.cut()
  }

  /** The caller has left. */
  callerGone(): void {
    if (this.isOver) return
    this.record.flag('DC')
    this.end(false, true)
    this.call?.cancel(CALLER_GONE)
  }

  // What the call tells.

  informed(head: ResponseHead): void {
    const { caller, context } = this
    const { minorVersion, expectsContinue } = caller.request
    if (this.isOver || minorVersion === 0) return
    // Who expects it has been told by us, unless the service is to decide; nobody else waits for it.
    if (head.status === 100 && (context.continuesHere || !expectsContinue)) return
    caller.inform(head.status, informationLines(head))
  }

  answered(attempt: UpstreamAttempt, head: ResponseHead): void {
    const { caller, record } = this
    if (this.isOver) return attempt.abort()
    const instead = attempt.verdict.replaceable ? record.destination?.state.fallback : undefined
    if (instead !== undefined) {
      attempt.isKept = false
      record.replaced({ status: head.status })
      return this.answerLocally(instead)
    }
    this.kept = attempt
    record.status = head.status
    record.endpoint = attempt.endpoint.origin
    if (attempt.verdict.repeatable && this.call!.attempts > 1) record.flag('URX')
    if (head.status === 101) {
      this.isTunnel = true
      return caller.switchProtocol(switchLines(head))
    }
    caller.respond(head.status, this.changed(answerLines(head, attempt.answeredMs)), head.bodyLength)
  }

  refused(error: unknown): void {
    if (this.isOver) return
    const { record } = this
    if (error instanceof AttemptFailure) record.detail = error.detail
    // A flag says that there was a limit, and not which.
    else if (error instanceof RefusalError) record.detail = error.message
    const { state, isProcess } = record.destination!
    const { verdicts, fallback } = state
    const instead = proxyFailures.verdictOf(error, verdicts).replaceable ? fallback : undefined
    if (instead !== undefined) {
      record.replaced(error)
      return this.answerLocally(instead)
    }
    const answer = answerFor(error, isProcess)
    if (error instanceof AttemptFailure && this.call!.attempts > 1) this.record.flag('URX')
    this.answerLocally(answer)
  }

  data(bytes: Buffer, start: number, end: number): void {
    const { caller } = this
    this.record.bytesSent += end - start
    caller.data(bytes, start, end)
    if (!caller.isFull || this.isPaused) return
    this.isPaused = true
    this.kept?.pause()
  }

  ended(trailers: HeaderBlock | undefined): void {
    if (this.isOver) return
    const failed = this.kept?.verdict.failed === true
    this.end(failed, false)
    this.caller.finish(trailerLines(trailers))
  }

  broken(detail: string, flag: ResponseFlag): void {
    if (this.isOver) return
    this.record.flag(flag)
    this.record.detail = detail
    this.end(true, false)
    this.caller.cut()
  }

  readEnded(): void {
    if (!this.isOver) this.limitBody()
  }

  bodyFlows(flows: boolean): void {
    if (flows) this.caller.resumeBody()
    else this.caller.pauseBody()
  }

  /** The time of the call does not end with the head of its answer, if somebody has said how long it may be. */
  private limitBody(): void {
    if (this.bodyLimit !== undefined || this.isTunnel || !this.call!.limitsBody) return
    const left = this.call!.deadline - systemClock.now()
    if (left === Infinity) return
    this.bodyLimit = systemClock.setTimer(Math.max(0, left), () => {
      this.record.flag('UT')
      this.record.detail = 'the answer did not end in the time of the call'
      this.call?.cancel(CALL_LATE)
      this.end(true, false)
      this.caller.cut()
    })
  }

  private take(route: Route): void {
    this.route = route
    this.record.route = route.name
    const { request } = this.caller
    const preflight = route.crossOrigin?.preflight(request)
    if (preflight !== undefined) return this.answerLocally({ ...localAnswers.empty, lines: preflight })
    const fault = route.faults?.strike(this.record.startedAt, { method: request.method, path: this.target })
    if (fault === undefined) return this.act(route)
    if (fault.delayMs === 0) return this.suffer(route, fault)
    this.record.flag('DI')
    systemClock.setTimer(fault.delayMs, () => {
      if (!this.isOver) this.suffer(route, fault)
    })
  }

  private suffer(route: Route, { end }: Fault): void {
    if (typeof end === 'number') this.answerLocally({ ...localAnswers.fault, status: end })
    else this.act(route)
  }

  private act({ action }: Route): void {
    const { caller } = this
    if (action.kind === 'forward') return this.forward(action)
    if (action.kind === 'respond') return this.answerLocally(action.answer)
    const location = action.location(caller.request, this.target, caller.isSecure)
    this.answerLocally({ ...localAnswers.empty, status: action.status, lines: `location: ${location}\r\n` })
  }

  private forward(action: ForwardAction): void {
    const { caller, context, record } = this
    const { request } = caller
    const key = action.keyOf(caller)
    const destination = action.pick(key)
    record.destination = destination
    if (action.changePath !== undefined) this.target = withPath(this.target, action.changePath)
    const operation = destination.state.routes.find(request.method, this.target)
    record.operation = operation.name
    const hasKey = request.headers.indexOf(idempotencyKey) >= 0
    const asks = request.expectsContinue && !this.body.isEnded && this.body.received === 0
    if (asks && context.continuesHere) caller.continue()
    const forwarded: ForwardedRequest = {
      method: request.method,
      target: this.target,
      lines: requestLines(caller, action, context),
      bodyLength: request.bodyLength,
      upgrade: request.upgrade,
      idempotent: mayRepeat(request.method, operation.idempotence, hasKey),
      deadline: callersDeadline(caller, record.startedAt),
      hashKey: key ?? (destination.state.ringsByPath ? this.target : undefined),
    }
    if (action.mirror !== undefined && systemRandom() < action.mirror.share) {
      this.mirrored = new MirroredCall(action.mirror.destination, forwarded, this.body)
      if (this.body.isEnded) this.mirrored.begin()
    }
    this.call = new ForwardedCall(this, destination, forwarded)
    this.call.begin()
  }

  private answerLocally({ status, flag, lines, type, body }: LocalAnswer): void {
    const { caller, record } = this
    const bytes = Buffer.from(body)
    if (flag !== undefined) record.flag(flag)
    record.status = status
    if (flag !== undefined && speaksGrpc(caller.request)) {
      this.end(status >= 500, false)
      caller.respond(200, this.changed(`${lines}${grpcAnswer(status, body)}content-length: 0\r\n`), 0)
      return caller.finish('')
    }
    record.bytesSent = bytes.length
    this.end(status >= 500, false)
    caller.respond(status, this.changed(`${lines}${type}content-length: ${bytes.length}\r\n`), bytes.length)
    if (bytes.length > 0 && caller.request.method !== 'HEAD') caller.data(bytes, 0, bytes.length)
    caller.finish('')
  }

  /** Lines of an answer as the route changes them. */
  private changed(lines: string): string {
    const { route } = this
    if (route === undefined) return lines
    const all = route.crossOrigin === undefined ? lines : lines + route.crossOrigin.lines(this.caller.request)
    return route.changeAnswer === undefined ? all : route.changeAnswer(all)
  }

  private end(isFailure: boolean, isAborted: boolean): void {
    const { record } = this
    this.isOver = true
    this.bodyLimit?.cancel()
    record.attempts = this.call?.attempts ?? 0
    record.bytesReceived = this.body.received
    record.ended(isFailure, isAborted)
  }
}

function withPath(target: string, change: (path: string) => string): string {
  const query = target.indexOf('?')
  return query < 0 ? change(target) : change(target.slice(0, query)) + target.slice(query)
}

/** Why what is under way ends. */
const CALL_LATE = new Error('the time of the call is over')
const CALLER_GONE = new Error('the caller has left')
