import { RefusalError } from '@watertight/policy'
import type { CalledService } from '@watertight/http'

/** When to try again what failed for a reason that says nothing about that. */
export const RETRY_AFTER_SECONDS = 2

export interface OutgoingCall {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
  /** Makes a POST harmless to repeat, so that it is retried. */
  readonly idempotencyKey?: string
}

/** How a call ended, as a value. */
export type CallResult =
  | {
      readonly answered: true
      /** Whatever it is; `hasFailed` tells whether the service could do its work. */
      readonly status: number
      readonly body: unknown
      /** What the service says about trying again, in seconds, as it said it. */
      readonly retryAfter?: string
    }
  | {
      readonly answered: false
      readonly error: unknown
      /** Whether any try left this process. If none did, there is nothing to undo. */
      readonly sent: boolean
      readonly retryAfterSeconds: number
    }

/** Whether a status says that the service could not do its work, now or at all. */
export function hasFailed(status: number): boolean {
  return status >= 500 || status === 429
}

/**
 * One service as another one calls it, as `watertight.yaml` says: JSON in and out, and no exceptions.
 *
 * @example
 * const payment = new Edge(client['payment'])
 * const result = await payment.call({ method: 'POST', path: '/charges', body, idempotencyKey: orderId })
 */
export class Edge {
  readonly #fetch: CalledService['fetch']

  constructor({ fetch }: CalledService) {
    this.#fetch = fetch
  }

  /** The state of its circuit breaker. */
  get breaker(): string {
    return this.#fetch.breaker?.state ?? 'off'
  }

  async call({ method, path, body, idempotencyKey }: OutgoingCall): Promise<CallResult> {
    let sent = false
    try {
      const response = await this.#fetch(path, {
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
