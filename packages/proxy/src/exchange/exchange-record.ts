import { systemClock } from '@watertight/policy/decisions'
import type { Destination } from '../upstream/destination.js'
import type { AdmittedRequest } from './admitted-request.js'
import type { ExchangeTrace } from './exchange-trace.js'
import type { ProxyContext } from './proxy-context.js'
import type { ResponseFlag } from './response-flags.js'

/** What is known of one request in the end, for metrics and the access log. */
export class ExchangeRecord {
  readonly startedAt: number = systemClock.now()
  readonly method: string
  readonly target: string
  readonly address: string
  route: string = ''
  /** The operation at the destination, from a bounded set. */
  operation: string = ''
  destination: Destination | undefined = undefined
  endpoint: string = ''
  attempts: number = 0
  status: number = 0
  /** Of the body that was sent to the caller. */
  bytesSent: number = 0
  bytesReceived: number = 0
  flags: string = ''
  detail: string = ''
  /** Where somebody traces. */
  trace: ExchangeTrace | undefined = undefined
  /** Where more than can be borne is shed. */
  admission: AdmittedRequest | undefined = undefined
  private readonly context: ProxyContext
  private isReplaced: boolean = false

  constructor(context: ProxyContext, method: string, target: string, address: string) {
    this.context = context
    this.method = method
    this.target = target
    this.address = address
    context.recorder?.started()
  }

  flag(flag: ResponseFlag): void {
    if (this.flags.includes(flag)) return
    this.flags = this.flags === '' ? flag : `${this.flags},${flag}`
  }

  /** More for whoever reads the log. */
  note(text: string): void {
    this.detail = this.detail === '' ? text : `${this.detail}; ${text}`
  }

  /** The answer of the document's fallback is given, for this reason. */
  replaced(error: unknown): void {
    this.isReplaced = true
    this.trace?.fellBack(error)
    this.destination?.fellBack(error)
  }

  /** The answer has ended, or will never come. */
  ended(isFailure: boolean, isAborted: boolean): void {
    const { context, status, destination } = this
    const durationMs = systemClock.now() - this.startedAt
    const outcome = isAborted ? 'aborted' : isFailure ? 'failure' : 'success'
    const operation = this.operation === '' ? this.route : this.operation
    const callOutcome = this.isReplaced && !isAborted ? 'fallback' : outcome
    const traceId = this.trace?.traceId
    context.recorder?.finished(operation, outcome, status, durationMs, traceId)
    destination?.recorder?.finished(this.operation, callOutcome, status, durationMs, traceId)
    // What was refused for a limit, by the service or here, says nothing of how much can be borne.
    this.admission?.ended(status === 504 ? 'failure' : outcome === 'success' ? 'success' : 'ignored')
    this.trace?.end(operation, callOutcome, status)
    context.log?.write(this, durationMs)
    context.tap.record(this, context.direction, durationMs, traceId)
  }
}
