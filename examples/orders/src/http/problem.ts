/** What can be said about a problem beyond its status and its text. */
export interface ProblemDetails {
  /** The field of the request that is wrong, as a path: `items[0].quantity`. */
  readonly field?: string
  /** When trying again makes sense, in seconds; sent as `Retry-After` too. */
  readonly retryAfterSeconds?: number
  /** The order that the problem is about. */
  readonly orderId?: string
}

const TYPE_PREFIX = 'urn:watertight:problem:'

/**
 * A refusal as RFC 9457 problem details. A handler throws it, the server answers with it: the one way in this
 * example to say no.
 *
 * @example throw new Problem(422, 'unknown-sku', 'sku "book-43" is not sold here', { field: 'items[0].sku' })
 */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly code: string
  readonly details: ProblemDetails

  constructor(status: number, code: string, detail: string, details: ProblemDetails = {}) {
    super(detail)
    this.status = status
    this.code = code
    this.details = details
  }

  /** The `application/problem+json` body. */
  body(): Record<string, unknown> {
    return {
      type: `${TYPE_PREFIX}${this.code}`,
      title: this.code.replaceAll('-', ' '),
      status: this.status,
      detail: this.message,
      ...this.details,
    }
  }
}

/** The answer when something this service needs does not work right now. */
export function unavailable(detail: string, retryAfterSeconds: number, orderId?: string): Problem {
  return new Problem(503, 'unavailable', detail, {
    retryAfterSeconds,
    ...(orderId === undefined ? {} : { orderId }),
  })
}

/** The code of a problem that a service of this shop has answered, `undefined` for any other body. */
export function problemCode(body: unknown): string | undefined {
  const type = typeof body === 'object' && body !== null && 'type' in body ? body.type : undefined
  if (typeof type !== 'string' || !type.startsWith(TYPE_PREFIX)) return undefined
  return type.slice(TYPE_PREFIX.length)
}
