import type { Attempt } from '@watertight/policy/engine'
import { type ExpiryQueue, systemClock } from '@watertight/policy/decisions'
import type { AttemptSpan } from '@watertight/telemetry'
import {
  FAILURE_HEADER,
  type Fault,
  type FailureClass,
  type JudgedAnswer,
  type Verdict,
  type Verdicts,
} from '@watertight/traffic'
import type { HeaderBlock, ResponseHead } from '../http1/index.js'
import { sufferFault } from '../faults/suffer-fault.js'
import { AttemptLimit } from './attempt-limit.js'
import { proxyHeaderNames } from '../exchange/proxy-headers.js'
import type { ResponseFlag } from '../exchange/response-flags.js'
import type { Endpoint } from './endpoint.js'
import type { OutgoingHead, UpstreamListener, UpstreamStream } from './upstream-stream.js'

/** How long an attempt may take, and be silent; undefined for as long as it likes. */
export interface AttemptLimits {
  /** Up to the head of the answer. */
  readonly attemptLimit: ExpiryQueue | undefined
  /** A silence within the answer. */
  readonly silenceLimit: ExpiryQueue | undefined
  /** A silence before the answer, and of both sides of a tunnel: only where the document says so. */
  readonly writtenSilenceLimit: ExpiryQueue | undefined
}

/** What an attempt asks of the exchange that it belongs to, and tells it. */
export interface AttemptOwner {
  readonly verdicts: Verdicts
  /** The head for this attempt. */
  headFor(attempt: UpstreamAttempt, now: number): OutgoingHead
  /** The whole body, if it is there and small; undefined when it is to be written in parts, or there is none. */
  readonly wholeBody: string | undefined
  /** All of the request has come. */
  readonly isComplete: boolean
  /** The connection is there, and the head has been sent. */
  sent(attempt: UpstreamAttempt): void
  drained(attempt: UpstreamAttempt): void
  mayTryAgain(verdict: Verdict): boolean
  /** There is a head; `succeed` has been told, and the answer may be the one that is passed on. */
  answered(attempt: UpstreamAttempt, head: ResponseHead): void
  informed(head: ResponseHead): void
  failed(attempt: UpstreamAttempt, failure: FailureClass, detail: string): void
  /** The connection was closed by the other side before it could have read the request: another one is free of danger. */
  mayResend(attempt: UpstreamAttempt, failure: FailureClass): boolean
  /** It goes out once more, on another connection. */
  resent(attempt: UpstreamAttempt, failure: FailureClass): void
  data(bytes: Buffer, start: number, end: number): void
  answerEnded(trailers: HeaderBlock | undefined): void
  answerBroken(detail: string, flag: ResponseFlag): void
  readEnded(): void
}

const grpcStatus = proxyHeaderNames.id('grpc-status')
const failureHeader = proxyHeaderNames.id(FAILURE_HEADER)
/** Bytes of an unwanted answer that are read so that its connection can be used again. */
const UNWANTED_BYTES_MAX = 65_536

/** An answer of gRPC whose head says already how it ends is judged by that; one of a sidecar by how its process failed. */
function verdictOf({ status, headers }: ResponseHead, verdicts: Verdicts): Verdict {
  if (status === 503) return verdicts.ofUnavailable(headers.valueOf(failureHeader))
  const grpc = status === 200 ? headers.valueOf(grpcStatus) : undefined
  return grpc === undefined ? verdicts.ofStatus(status) : verdicts.ofGrpcStatus(Number(grpc))
}

/** One try of a request at one endpoint: from the choice of the endpoint to the end of the answer. */
export class UpstreamAttempt implements UpstreamListener, JudgedAnswer {
  readonly attempt: Attempt
  readonly endpoint: Endpoint
  readonly startedAt: number
  /** The one before it in the same call. */
  readonly former: UpstreamAttempt | undefined
  stream: UpstreamStream | undefined = undefined
  /** Where somebody traces the call: it ends with the head of the answer, or where there will be none. */
  span: AttemptSpan | undefined = undefined
  verdict!: Verdict
  /** Its answer is passed on to the caller. */
  isKept: boolean = false
  isOver: boolean = false
  hasAnswered: boolean = false
  /** How long the endpoint took up to the head of its answer. */
  answeredMs: number = 0
  /** Of the body of the request: chunks that have been sent, and whether all of it has. */
  chunksSent: number = 0
  isSent: boolean = false
  private readonly owner: AttemptOwner
  private head: ResponseHead | undefined = undefined
  private unwanted: number = 0
  private readonly limits: AttemptLimits
  private limit: AttemptLimit | undefined = undefined
  /** How long the answer may be silent; a caller that does not read is no silence. */
  private silenceLimit: ExpiryQueue | undefined = undefined
  private isPaused: boolean = false
  /** From the end of the request to the head of its answer. */
  private headLimit: AttemptLimit | undefined = undefined
  /** It did not get its connection at once. */
  private hasWaited: boolean = false
  private resends: number = 0

  constructor(
    owner: AttemptOwner,
    endpoint: Endpoint,
    attempt: Attempt,
    former: UpstreamAttempt | undefined,
    limits: AttemptLimits,
    now: number,
  ) {
    this.owner = owner
    this.limits = limits
    this.endpoint = endpoint
    this.attempt = attempt
    this.former = former
    this.startedAt = now
  }

  /** Starts, unless a fault is in its way; `false` when the endpoint can take no more. */
  start(fault: Fault | undefined): boolean {
    const { attemptLimit } = this.limits
    this.endpoint.active += 1
    if (attemptLimit !== undefined && this.owner.isComplete)
      this.limit = AttemptLimit.begin(attemptLimit, this, this.startedAt)
    let isTaken = true
    if (fault === undefined) isTaken = this.endpoint.acquire(this)
    else sufferFault(fault, this, this.endpoint)
    this.hasWaited = true
    if (!isTaken) this.close()
    return isTaken
  }

  granted(stream: UpstreamStream): void {
    const { owner } = this
    const now = this.hasWaited ? systemClock.now() : this.startedAt
    this.stream = stream
    const whole = owner.wholeBody
    this.isSent = whole !== undefined
    stream.send(owner.headFor(this, now), whole)
    owner.sent(this)
  }

  /** All of the request has been sent: what follows is the time, and the silence, of the endpoint. */
  requestSent(): void {
    const { limits, headLimit } = this
    const { attemptLimit, writtenSilenceLimit } = limits
    if (this.hasAnswered || this.isOver) return
    if (attemptLimit !== undefined && this.limit === undefined)
      this.limit = AttemptLimit.begin(attemptLimit, this, systemClock.now())
    if (writtenSilenceLimit === undefined) return
    const now = systemClock.now()
    if (headLimit === undefined) this.headLimit = AttemptLimit.begin(writtenSilenceLimit, this, now)
    else headLimit.renew(writtenSilenceLimit, now)
  }

  informed(head: ResponseHead): void {
    this.owner.informed(head)
  }

  answered(head: ResponseHead): void {
    const { owner, limits } = this
    this.endLimit()
    this.silenceLimit = head.status === 101 ? limits.writtenSilenceLimit : limits.silenceLimit
    this.hasAnswered = true
    this.head = head
    this.answeredMs = systemClock.now() - this.startedAt
    this.verdict = verdictOf(head, owner.verdicts)
    this.span?.end(head.status)
    owner.answered(this, head)
    this.head = undefined
  }

  header(name: string): string | undefined {
    return this.head?.headers.get(name)
  }

  mayTryAgain(): boolean {
    return this.owner.mayTryAgain(this.verdict)
  }

  data(bytes: Buffer, start: number, end: number): void {
    if (this.isKept) return this.owner.data(bytes, start, end)
    this.unwanted += end - start
    if (this.unwanted > UNWANTED_BYTES_MAX) this.abort()
  }

  ended(trailers: HeaderBlock | undefined): void {
    this.close()
    if (this.isKept) this.owner.answerEnded(trailers)
  }

  readEnded(): void {
    if (this.isOver) return
    // Here and not for each part: an answer that comes at one go is never waited for.
    this.heard()
    if (this.isKept) this.owner.readEnded()
  }

  /** There has been a sign of life: a silence begins now. */
  heard(): void {
    const { silenceLimit, limit } = this
    if (silenceLimit === undefined || this.isPaused) return
    const now = systemClock.now()
    if (limit === undefined) this.limit = AttemptLimit.begin(silenceLimit, this, now)
    else limit.renew(silenceLimit, now)
  }

  /** The caller takes no more for now, and silence is no fault of the endpoint. */
  pause(): void {
    this.isPaused = true
    if (this.hasAnswered) this.endLimit()
    this.stream?.pause()
  }

  resume(): void {
    this.isPaused = false
    this.stream?.resume()
    if (!this.isOver) this.heard()
  }

  drained(): void {
    this.owner.drained(this)
  }

  failed(failure: FailureClass, detail: string, resendsMax: number): void {
    if (this.resends < resendsMax && this.owner.mayResend(this, failure)) {
      this.resends += 1
      this.owner.resent(this, failure)
      this.stream = undefined
      this.chunksSent = 0
      this.isSent = false
      if (this.endpoint.acquire(this, true)) return
    }
    this.close()
    if (this.hasAnswered) {
      if (this.isKept) this.owner.answerBroken(detail, 'UC')
      return
    }
    this.span?.end(0, { code: failure })
    this.owner.failed(this, failure, detail)
  }

  /** The limit of the attempt has passed, or that of a silence in its answer. */
  expired(durationMs: number): void {
    if (this.hasAnswered) {
      this.abort()
      if (this.isKept) this.owner.answerBroken(`nothing more of the answer came for ${durationMs} ms`, 'SI')
      return
    }
    this.failed('attempt-timeout', `no answer within ${durationMs} ms`, 0)
    this.stream?.abort()
  }

  /** Nobody wants it any more. */
  abort(): void {
    if (this.isOver) return
    if (!this.hasAnswered) this.span?.end(0, { code: 'cancelled' })
    this.close()
    this.stream?.abort()
  }

  private close(): void {
    if (this.isOver) return
    this.isOver = true
    this.endLimit()
    this.endpoint.active -= 1
  }

  private endLimit(): void {
    this.limit?.release()
    this.limit = undefined
    this.headLimit?.release()
    this.headLimit = undefined
  }
}
