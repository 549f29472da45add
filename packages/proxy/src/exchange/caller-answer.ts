import { systemClock, type Timer } from '@watertight/policy/decisions'
import type { ResponseHead } from '../http1/index.js'
import type { Route } from '../routes/route.js'
import type { Caller } from './caller.js'
import type { ExchangeRecord } from './exchange-record.js'
import { grpcAnswer, speaksGrpc } from './grpc-answer.js'
import type { LocalAnswer } from './local-answer.js'
import { answerLines, switchLines } from './request-lines.js'
import type { ResponseFlag } from './response-flags.js'

/** What its record has to tell of the request beside the answer. */
export interface AnsweredRequest {
  readonly attempts: number
  readonly bytesReceived: number
}

/** The answer to one request as its caller gets it: passed on from an endpoint, or made here. It ends once. */
export class CallerAnswer {
  /** It has ended, or will never come. */
  isOver: boolean = false
  /** Changes what is answered, once the request has found it. */
  route: Route | undefined = undefined
  private readonly caller: Caller
  private readonly record: ExchangeRecord
  private readonly request: AnsweredRequest
  /** When the time of the call passes in the body of its answer. */
  private limit: Timer | undefined = undefined

  constructor(caller: Caller, record: ExchangeRecord, request: AnsweredRequest) {
    this.caller = caller
    this.record = record
    this.request = request
  }

  /** Answers from here. */
  give({ status, flag, lines, type, body, bytes = Buffer.from(body) }: LocalAnswer): void {
    const { caller, record } = this
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

  /** Passes on a head that took the endpoint so long. */
  pass(head: ResponseHead, durationMs: number): void {
    const lines = this.changed(answerLines(head, durationMs))
    this.record.status = head.status
    this.caller.respond(head.status, lines, head.bodyLength)
  }

  switchProtocol(head: ResponseHead): void {
    this.record.status = head.status
    this.caller.switchProtocol(switchLines(head))
  }

  data(bytes: Buffer, start: number, end: number): void {
    this.record.bytesSent += end - start
    this.caller.data(bytes, start, end)
  }

  finish(trailers: string, isFailure: boolean): void {
    this.end(isFailure, false)
    this.caller.finish(trailers)
  }

  /** It breaks off, and must not be taken for whole. */
  cut(flag: ResponseFlag | undefined, detail: string, isAborted: boolean): void {
    const { record } = this
    if (flag !== undefined) record.flag(flag)
    record.detail = detail
    this.end(!isAborted, isAborted)
    this.caller.cut()
  }

  /** Nobody waits for it any more. */
  leave(): void {
    this.record.flag('DC')
    this.end(false, true)
  }

  /** Calls `late` unless it has ended by then. Limited once, it stays so. */
  limitUntil(deadline: number, late: () => void): void {
    if (this.limit !== undefined || deadline === Infinity) return
    this.limit = systemClock.setTimer(Math.max(0, deadline - systemClock.now()), late)
  }

  /** Lines of an answer as the route changes them. */
  private changed(lines: string): string {
    const { route } = this
    if (route === undefined) return lines
    const all = route.crossOrigin === undefined ? lines : lines + route.crossOrigin.lines(this.caller.request)
    return route.changeAnswer === undefined ? all : route.changeAnswer(all)
  }

  private end(isFailure: boolean, isAborted: boolean): void {
    const { record, request } = this
    this.isOver = true
    this.limit?.cancel()
    record.attempts = request.attempts
    record.bytesReceived = request.bytesReceived
    record.ended(isFailure, isAborted)
  }
}
