import { systemClock } from '@watertight/policy/decisions'
import type { Attempt, EngineCall, Operation, Outcome } from '@watertight/policy/engine'
import {
  type FailureClass,
  hashText,
  mayTryAgain,
  type RepeatableRequest,
  type Verdict,
  type Verdicts,
} from '@watertight/traffic'
import type { HeaderBlock, ResponseHead } from '../http1/index.js'
import { AttemptFailure, OverflowError } from '../upstream/attempt-failure.js'
import type { Destination } from '../upstream/destination.js'
import type { DestinationState } from '../upstream/destination-state.js'
import { type AttemptOwner, UpstreamAttempt } from '../upstream/upstream-attempt.js'
import type { Endpoint } from '../upstream/endpoint.js'
import type { OutgoingHead } from '../upstream/upstream-stream.js'
import { AHEAD_BYTES_MAX, type CallOwner } from './call-owner.js'
import { CallObservation } from './call-observation.js'
import { traceLines } from './exchange-trace.js'
import type { ForwardedRequest } from './forwarded-request.js'
import { attemptLines } from './request-lines.js'
import type { ResponseFlag } from './response-flags.js'
import { sendBody } from './send-body.js'

/**
 * One call of a destination: the policies ask for attempts, and decide which answer is kept. The engine calls back; so
 * does the socket; nothing here waits.
 */
export class ForwardedCall implements Operation, AttemptOwner, RepeatableRequest {
  readonly idempotent: boolean
  attempts: number = 0
  /** When the time of the call passes, known from its first attempt on. */
  deadline: number = Infinity
  private readonly owner: CallOwner
  private readonly destination: Destination
  private readonly state: DestinationState
  private readonly request: ForwardedRequest
  private call: EngineCall | undefined = undefined
  private latest: UpstreamAttempt | undefined = undefined
  private kept: UpstreamAttempt | undefined = undefined
  private head: ResponseHead | undefined = undefined
  private isDecided: boolean = false
  private isRaw: boolean = false
  private isCancelled: boolean = false
  /** In observe mode. */
  private observed: CallObservation | undefined = undefined

  constructor(owner: CallOwner, destination: Destination, request: ForwardedRequest) {
    this.owner = owner
    this.destination = destination
    const { steering } = request
    this.state = steering === undefined ? destination.state : destination.steered(steering)
    this.request = request
    this.idempotent = request.idempotent
  }

  get replayable(): boolean {
    return this.owner.body.isReplayable
  }

  get verdicts(): Verdicts {
    return this.state.verdicts
  }

  get limitsBody(): boolean {
    return this.state.limitsBody
  }

  get wholeBody(): string | undefined {
    return this.owner.body.whole
  }

  begin(): void {
    const { body } = this.owner
    const { idempotent, deadline, priority } = this.request
    // Two attempts at once can only share a body that has come in full.
    const traits = { idempotent: idempotent && body.isEnded && body.isReplayable, deadline, priority }
    const { observer } = this.state
    if (observer !== undefined) this.observed = new CallObservation(observer)
    const call = this.state.engine.start(this, traits)
    if (!this.isDecided) this.call = call
  }

  /** The caller has left: whatever is under way ends. */
  cancel(reason: unknown): void {
    this.isCancelled = true
    this.observe(undefined)
    this.call?.cancel(reason)
    this.call = undefined
    this.kept?.abort()
  }

  /** Sends bytes of the protocol to which the connection has changed. */
  sendRaw(bytes: Buffer): void {
    this.isRaw = true
    this.kept?.heard()
    const hasRoom = this.kept?.stream?.write(bytes) ?? true
    if (!hasRoom) this.owner.bodyFlows(false)
  }

  // What the policies ask for.

  start(attempt: Attempt): void {
    const { destination, state } = this
    const { hashKey } = this.request
    const hash = hashKey === undefined ? undefined : hashText(hashKey)
    const now = systemClock.now()
    const endpoint = destination.endpoints.pick(now, this.tried(), hash)
    this.attempts += 1
    this.deadline = attempt.deadline
    const latest = new UpstreamAttempt(this, endpoint, attempt, this.latest, state, now)
    latest.span = this.request.trace?.startAttempt(attempt.number, endpoint.origin)
    this.latest = latest
    const fault = destination.strike(now, this.request)
    if (fault !== undefined) this.owner.struck(fault)
    if (latest.start(fault)) return
    const overflow = new OverflowError(destination.name)
    latest.span?.end(0, overflow)
    attempt.fail(overflow)
  }

  stop(attempt: Attempt, reason: unknown): void {
    for (let one = this.latest; one !== undefined; one = one.former) {
      if (one.attempt === attempt && !one.isOver) {
        one.abort()
        attempt.fail(reason)
      }
    }
  }

  ended(outcome: Outcome<unknown>): void {
    this.isDecided = true
    this.call = undefined
    const kept = outcome.ok ? (outcome.value as UpstreamAttempt) : undefined
    for (let one = this.latest; one !== undefined; one = one.former) {
      if (one !== kept && !one.hasAnswered) one.abort()
    }
    if (this.isCancelled) return
    this.observe(outcome)
    if (kept === undefined) return this.owner.refused(outcome.ok ? undefined : outcome.error)
    this.kept = kept
    kept.isKept = true
    this.owner.answered(kept, this.head!)
  }

  private observe(outcome: Outcome<unknown> | undefined): void {
    const what = this.observed?.ended(outcome)
    if (what !== undefined) this.owner.observed(what)
  }

  // What attempts ask for and tell.

  headFor({ attempt, span }: UpstreamAttempt, now: number): OutgoingHead {
    const { method, target, lines, bodyLength, upgrade } = this.request
    let own = attemptLines(attempt.number, attempt.deadline, this.state.attemptMs, now)
    if (span !== undefined) own += traceLines(span)
    return { method, target, lines: lines + own, bodyLength, upgrade }
  }

  /** The time of an attempt is the callee's, and not that of a caller who is still sending. */
  get isComplete(): boolean {
    return this.owner.body.isEnded
  }

  sent(attempt: UpstreamAttempt): void {
    if (this.request.bodyLength === 0 || attempt.isSent) attempt.requestSent()
    else this.push(attempt)
  }

  drained(attempt: UpstreamAttempt): void {
    if (this.isRaw) this.owner.bodyFlows(true)
    else if (attempt === this.latest) this.push(attempt)
  }

  mayTryAgain(verdict: Verdict): boolean {
    return mayTryAgain(verdict, this)
  }

  /** Nobody read its end, and perhaps nothing of it; but only what may be repeated, or was never sent, is worth the doubt. */
  mayResend(attempt: UpstreamAttempt, failure: FailureClass): boolean {
    const isSafe = this.idempotent || failure === 'reset-before-request' || failure === 'refused-stream'
    return isSafe && this.replayable && attempt === this.latest
  }

  /** The endpoint has had no say in it, and is not charged with it; metrics tell that it happened. */
  resent({ startedAt }: UpstreamAttempt, failure: FailureClass): void {
    const told = failure === 'refused-stream' ? failure : 'reset-before-request'
    this.destination.recorder?.attempted(0, told, systemClock.now() - startedAt)
  }

  informed(head: ResponseHead): void {
    this.owner.informed(head)
  }

  answered(attempt: UpstreamAttempt, head: ResponseHead): void {
    const { verdict } = attempt
    this.settle(attempt, verdict.failed, attempt.answeredMs)
    this.destination.recorder?.attempted(head.status, '', attempt.answeredMs)
    this.head = head
    attempt.attempt.succeed(attempt)
    this.head = undefined
  }

  failed(attempt: UpstreamAttempt, failure: FailureClass, detail: string): void {
    const { verdicts } = this.state
    const durationMs = systemClock.now() - attempt.startedAt
    this.destination.recorder?.attempted(0, failure, durationMs)
    if (verdicts.ofFailure(failure).failed) this.settle(attempt, true, durationMs)
    attempt.attempt.fail(new AttemptFailure(failure, detail, verdicts, this))
  }

  data(bytes: Buffer, start: number, end: number): void {
    this.owner.data(bytes, start, end)
  }

  answerEnded(trailers: HeaderBlock | undefined): void {
    this.owner.ended(trailers)
  }

  answerBroken(detail: string, flag: ResponseFlag): void {
    this.owner.broken(detail, flag)
  }

  readEnded(): void {
    this.owner.readEnded()
  }

  // The body of the request.

  /** More of it has come, or its end. */
  bodyCame(): void {
    const { latest } = this
    if (latest !== undefined && !latest.isOver && latest.stream !== undefined) this.push(latest)
    else if (this.owner.body.received > AHEAD_BYTES_MAX) this.owner.bodyFlows(false)
  }

  private push(attempt: UpstreamAttempt): void {
    const { body } = this.owner
    const { stream } = attempt
    if (stream === undefined || attempt.isSent) return
    const hasRoom = sendBody(attempt, stream, body)
    if (!attempt.isSent) this.owner.bodyFlows(hasRoom)
  }

  private settle({ endpoint, startedAt }: UpstreamAttempt, failed: boolean, durationMs: number): void {
    this.destination.endpoints.settled(endpoint, startedAt + durationMs, durationMs, failed)
  }

  private tried(): Endpoint[] | undefined {
    if (this.latest === undefined) return undefined
    const tried: Endpoint[] = []
    for (let one: UpstreamAttempt | undefined = this.latest; one !== undefined; one = one.former) {
      tried.push(one.endpoint)
    }
    return tried
  }
}
