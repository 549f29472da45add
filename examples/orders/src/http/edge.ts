import { RefusalError } from '@watertight/policy'
import { policies, type CallPolicy, type EdgeName } from '../policies.js'
import { edgePipeline, type Answer, type EdgePipeline } from './edge-pipeline.js'

const RETRY_AFTER_SECONDS = 2

export interface OutgoingCall {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
  /** Makes a POST harmless to repeat, so that it is retried. */
  readonly idempotencyKey?: string
}

/** How a call ended, as a value. */
export type CallResult =
  | { readonly ok: true; readonly answer: Answer; readonly fallback: boolean }
  | {
      readonly ok: false
      readonly error: unknown
      /** Whether any try left this process. If none did, there is nothing to undo. */
      readonly sent: boolean
      readonly retryAfterSeconds: number
    }

/** What `GET /internal/status` tells of one edge. */
export interface EdgeStatus {
  readonly to: string
  readonly breaker: string
  readonly calls: number
  readonly failures: number
  readonly retries: number
  readonly refusals: number
  readonly fallbacks: number
}

/** A status that says the service could not do its work. */
class FailedAnswerError extends Error {
  override readonly name = 'FailedAnswerError'
  readonly status: number

  constructor(to: string, status: number) {
    super(`${to} answered ${status}`)
    this.status = status
  }
}

/**
 * One service as another one calls it: every call goes through the policies of this edge.
 *
 * @example
 * const payment = new Edge('order > payment', 'http://127.0.0.1:20001')
 * const result = await payment.call({ method: 'POST', path: '/charges', body, idempotencyKey: orderId })
 */
export class Edge {
  readonly to: string
  readonly #url: string
  readonly #policy: CallPolicy
  readonly #pipeline: EdgePipeline
  readonly #counts = { calls: 0, failures: 0, retries: 0, refusals: 0, fallbacks: 0 }

  constructor(name: EdgeName, url: string | undefined) {
    if (url === undefined) throw new Error(`cannot create edge ${name}: its URL is not in SERVICE_URLS`)
    this.to = name.slice(name.indexOf('>') + 2)
    this.#url = url
    this.#policy = policies[name]
    this.#pipeline = edgePipeline(this.#policy)
    this.#pipeline.call.on('retry', () => (this.#counts.retries += 1))
    this.#pipeline.call.on('refusal', () => (this.#counts.refusals += 1))
  }

  async call(call: OutgoingCall): Promise<CallResult> {
    this.#counts.calls += 1
    let sent = false
    const outcome = await this.#pipeline.call.outcome(
      ({ signal }) => {
        sent = true
        return this.#send(call, signal)
      },
      { idempotent: call.method === 'GET' || call.idempotencyKey !== undefined },
    )
    if (outcome.ok) {
      if (outcome.fallback) this.#counts.fallbacks += 1
      return { ok: true, answer: outcome.value, fallback: outcome.fallback }
    }
    this.#counts.failures += 1
    const { error } = outcome
    const waitMs = error instanceof RefusalError ? error.retryAfterMs : undefined
    const retryAfterSeconds =
      waitMs === undefined ? RETRY_AFTER_SECONDS : Math.max(1, Math.ceil(waitMs / 1_000))
    return { ok: false, error, sent, retryAfterSeconds }
  }

  status(): EdgeStatus {
    return { to: this.to, breaker: this.#pipeline.breaker.state, ...this.#counts }
  }

  async #send(call: OutgoingCall, signal: AbortSignal): Promise<Answer> {
    const response = await fetch(this.#url + call.path, {
      method: call.method,
      signal,
      headers: {
        'content-type': 'application/json',
        ...(call.idempotencyKey === undefined ? {} : { 'idempotency-key': call.idempotencyKey }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    })
    const body: unknown = await response.json()
    const { status } = response
    const isFailure = status >= 500 || status === 429
    if (isFailure && this.#policy.answers?.includes(status) !== true)
      throw new FailedAnswerError(this.to, status)
    const retryAfter = response.headers.get('retry-after')
    return { status, body, ...(retryAfter === null ? {} : { retryAfter }) }
  }
}
