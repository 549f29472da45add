import type { Transaction } from '../store/store.js'

/** An answer as a handler has it. */
export interface GivenAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** What a handler may know of the request that it runs. */
export interface IdempotentRequest {
  readonly key: string
  /** Grows with every owner of the key: a fencing token for what is called on the way. */
  readonly epoch: number
  /** Whether an earlier run may have got somewhere before its process died. */
  readonly isTakeover: boolean
  /**
   * Keeps the answer in the transaction in which the handler makes its change: both are committed, or neither. The handler
   * then answers with the same status and body, and what was kept here is sent. What it answers otherwise is sent, and kept, only
   * if the transaction was not committed: in one of a store that is known, in one of your own client it costs a round trip.
   *
   * A process that is stopped between this and the commit holds the row of its key: once the lease has ended, whoever comes
   * next with the key waits until the database ends the transaction, in one of a store by its deadline.
   *
   * @throws {IdempotencyClaimLostError} when another process has taken the request over, or an earlier transaction has
   *   finished it: let the transaction roll back
   * @throws {Error} when the keys are not kept in a Postgres
   */
  finish(transaction: Transaction, answer: GivenAnswer): Promise<void>
}

const running = new WeakMap<object, IdempotentRequest>()

/**
 * The idempotent request behind a request of the server: the message of `node:http` (`request` of Express, `request.raw` of
 * Fastify, `context.req` of Koa) or the `Request` of the fetch standard (`context.req.raw` of Hono). Undefined where it came
 * without a key or past the middleware.
 */
export function idempotentRequestOf(request: object): IdempotentRequest | undefined {
  return running.get(request)
}

/** The middleware's to call. */
export function setIdempotentRequest(request: object, run: IdempotentRequest): void {
  running.set(request, run)
}
