import { context, type Context, type Span } from '@opentelemetry/api'
import type { ServerSpan } from '../recording/recorders.js'
import { withoutIds } from '../recording/without-ids.js'
import { endSpan, keptTraceId } from './call-span.js'
import { errorType } from './attributes.js'
import { spanName, templateOf } from './span-name.js'

export class OpenTelemetryServerSpan implements ServerSpan {
  readonly traceId: string | undefined
  readonly #span: Span
  readonly #context: Context
  readonly #method: string

  constructor(span: Span, ours: Context, method: string) {
    this.traceId = keptTraceId(span)
    this.#span = span
    this.#context = ours
    this.#method = method
  }

  run<T>(handler: () => T): T {
    return context.with(this.#context, handler)
  }

  end(route: string, status: number, error?: unknown): void {
    const template = templateOf(this.#method, withoutIds(route))
    if (template !== '') {
      this.#span.updateName(spanName(this.#method, template))
      this.#span.setAttribute('http.route', template)
    }
    // A client's mistake is not the server's failure: only from 500 on is it one.
    endSpan(this.#span, status, errorType(status, error, 500))
  }
}
