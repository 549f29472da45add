import { RefusalError } from '@watertight/policy'
import { DurationSum } from './durations.js'

/** When to try again what failed for a reason that says nothing about that. */
const RETRY_AFTER_SECONDS = 2

export interface OutgoingCall {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
  /** Makes a POST harmless to repeat, so that it is retried. */
  readonly idempotencyKey?: string
}

/** JSON came back, whoever wrote it: what it is worth is for the caller to judge by status and body together. */
export interface Answer {
  readonly answered: true
  readonly status: number
  readonly body: unknown
  /** What the service says about trying again, in seconds, as it said it. */
  readonly retryAfter?: string
}

/** Nothing came back, or nothing that can be read: not JSON, or not all of it. */
export interface NoAnswer {
  readonly answered: false
  readonly error: unknown
  /** Whether any try left this process. If none did, there is nothing to undo. */
  readonly sent: boolean
  readonly retryAfterSeconds: number
}

/** How a call ended, as a value. */
export type CallResult = Answer | NoAnswer

/** How a request is sent: the client's `fetch`, or anything like it. */
export type Exchange = (path: string, request: ExchangeRequest) => Promise<Response>

export interface ExchangeRequest {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body: string | undefined
  /** Called before each attempt leaves the process. */
  readonly onAttempt: () => void
}

/**
 * One service as another one calls it, as `watertight.yaml` says: JSON in and out, and no exceptions.
 *
 * @example
 * const payment = new Edge(client['payment'].fetch)
 * const result = await payment.call({ method: 'POST', path: '/charges', body, idempotencyKey: orderId })
 */
export class Edge {
  /** How long its calls took, retries and waits included. */
  readonly durations: DurationSum = new DurationSum()
  readonly #exchange: Exchange

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  call(call: OutgoingCall): Promise<CallResult> {
    return this.durations.time(() => this.#call(call))
  }

  async #call({ method, path, body, idempotencyKey }: OutgoingCall): Promise<CallResult> {
    let sent = false
    try {
      const response = await this.#exchange(path, {
        method,
        headers: {
          'content-type': 'application/json',
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        onAttempt: () => {
          sent = true
        },
      })
      const answer: unknown = await response.json()
      const retryAfter = response.headers.get('retry-after')
      return {
        answered: true,
        status: response.status,
        body: answer,
        ...(retryAfter === null ? {} : { retryAfter }),
      }
    } catch (error) {
      const waitMs = error instanceof RefusalError ? error.retryAfterMs : undefined
      const seconds = waitMs === undefined ? RETRY_AFTER_SECONDS : Math.max(1, Math.ceil(waitMs / 1_000))
      return { answered: false, error, sent, retryAfterSeconds: seconds }
    }
  }
}
