import type {
  AttemptSpan,
  CallOutcome,
  CallSpan,
  DestinationRecorder,
  ServerRecorder,
  ServerSpan,
} from '@watertight/telemetry'
import type { HeaderBlock, RequestHead } from '../http1/index.js'

/** What of the trace of a call its attempts belong to. */
export type TracedCall = Pick<CallSpan, 'startAttempt'>

/**
 * The spans of one request: that of the request itself, which continues the trace of its caller, in it that of the call
 * that it is forwarded as, and in that one for each attempt. Only where somebody traces is there one of these.
 */
export class ExchangeTrace {
  private readonly request: ServerSpan
  private call: CallSpan | undefined = undefined

  private constructor(request: ServerSpan) {
    this.request = request
  }

  static of(
    recorder: ServerRecorder | undefined,
    { method, headers, minorVersion }: RequestHead,
    target: string,
  ): ExchangeTrace | undefined {
    const span = recorder?.startSpan({
      method,
      url: target,
      headers: headersByName(headers),
      httpVersion: `1.${minorVersion}`,
    })
    return span === undefined ? undefined : new ExchangeTrace(span)
  }

  /** Undefined for a trace that is not kept. */
  get traceId(): string | undefined {
    return this.request.traceId
  }

  /** It is forwarded: what is made of it now is a child of the request. */
  forward(
    recorder: DestinationRecorder | undefined,
    method: string,
    operation: string,
    target: string,
  ): TracedCall | undefined {
    this.call = this.request.run(() => recorder?.startSpan(method, operation, target))
    return this.call
  }

  /** A policy has refused the call. */
  refused(code: string): void {
    this.call?.event('refusal', { code })
  }

  /** The document's answer has taken the place of what came for this reason. */
  fellBack(error: unknown): void {
    this.call?.event('fallback', { reason: codeOf(error) })
  }

  end(route: string, outcome: CallOutcome, status: number): void {
    const gone = outcome === 'aborted' ? CALLER_LEFT : undefined
    this.call?.end(outcome, status, gone)
    this.request.end(route, status, gone)
  }
}

/** The lines by which an attempt continues its trace. */
export function traceLines(span: AttemptSpan): string {
  const headers: Record<string, string> = {}
  span.inject(headers)
  let lines = ''
  for (const [name, value] of Object.entries(headers)) lines += `${name}: ${value}\r\n`
  return lines
}

/** All headers by their names, as whoever reads a trace of them looks for it. */
function headersByName(block: HeaderBlock): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let index = 0; index < block.count; index++) {
    const name = block.nameText(index)
    const former = headers[name]
    headers[name] = former === undefined ? block.valueText(index) : `${former}, ${block.valueText(index)}`
  }
  return headers
}

/** An error goes by its code alone. */
function coded(code: string): Error {
  return Object.assign(new Error(code), { code })
}

/** What to call whatever was replaced: the code of an error, or the status of an answer. */
function codeOf(error: unknown): string {
  const { code, failure, status } = (error ?? {}) as { code?: string; failure?: string; status?: number }
  return String(code ?? failure ?? status ?? 'unknown')
}

const CALLER_LEFT = coded('caller-left')
