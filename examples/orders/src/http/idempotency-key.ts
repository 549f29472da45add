import { Problem } from './problem.js'
import type { Request } from './routes.js'

const LENGTH_MAX = 128

/** The `Idempotency-Key` of a request, or `undefined` without one. */
function optionalIdempotencyKey(request: Request): string | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && key.length > 0 && key.length <= LENGTH_MAX) return key
  throw new Problem(400, 'invalid-request', `Idempotency-Key must have 1 to ${LENGTH_MAX} characters`, {
    field: 'Idempotency-Key',
  })
}

/** As above, for work that must never be done twice: without a key the request is refused. */
export function idempotencyKey(request: Request): string {
  const key = optionalIdempotencyKey(request)
  if (key !== undefined) return key
  throw new Problem(400, 'invalid-request', 'Idempotency-Key is missing', { field: 'Idempotency-Key' })
}

/**
 * As above, for what comes from customers: one who has sent no key gets one, the id that the gateway gives to a request
 * and to every further try of it. So at least our own tries order nothing twice.
 */
export function customersKey(request: Request): string {
  const key = optionalIdempotencyKey(request)
  const id = request.headers['x-request-id']
  return key ?? (typeof id === 'string' ? `request ${id}` : idempotencyKey(request))
}
