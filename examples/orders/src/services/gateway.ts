import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { checkoutSchema } from '../checkout/checkout-schema.js'
import { frontPage } from './front-page.js'
import { parse } from '../http/read-json.js'
import { RETRY_AFTER_SECONDS, type Answer, type OutgoingCall } from '../http/edge.js'
import { optionalIdempotencyKey } from '../http/idempotency-key.js'
import { problemCode, unavailable } from '../http/problem.js'
import type { Reply } from '../http/routes.js'
import type { Environment, Service } from '../http/service.js'

const orderSchema = z.object({ orderId: z.string(), status: z.string() })

/** The front door: checks what comes in and passes it on. It keeps nothing. */
export async function openGateway({
  edges,
  urls,
  log,
}: Pick<Environment, 'edges' | 'urls' | 'log'>): Promise<Service> {
  const order = edges.to('order')

  const pass = async (call: OutgoingCall): Promise<Reply> => {
    const result = await order.call(call)
    if (result.answered && isOfOrder(result)) {
      const { status, body, retryAfter } = result
      return { status, body, ...(retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }) }
    }
    log.warn(
      result.answered ? { status: result.status } : { err: result.error },
      'order gave no answer that can be passed on',
    )
    const seconds = result.answered ? RETRY_AFTER_SECONDS : result.retryAfterSeconds
    const again = call.idempotencyKey === undefined ? '' : `, with Idempotency-Key ${call.idempotencyKey}`
    throw unavailable(`checkout does not work right now; try again later${again}`, seconds)
  }

  return {
    routes: {
      'GET /': () => ({ status: 200, page: frontPage(urls) }),
      'POST /orders': (request) => {
        const body = parse(checkoutSchema, request.body)
        // A customer without a key gets one, so that at least our own retries order nothing twice.
        const idempotencyKey = optionalIdempotencyKey(request) ?? randomUUID()
        return pass({ method: 'POST', path: '/orders', body, idempotencyKey })
      },
      'GET /orders/:id': ({ params }) =>
        pass({ method: 'GET', path: `/orders/${encodeURIComponent(params['id'] ?? '')}` }),
    },
    isFrontDoor: true,
    close: async () => {},
  }
}

/**
 * Whether it is an answer of order's own: an order, or a problem that it knows what to say about, with 503 for what
 * cannot be done right now. A customer must not take for one what something in between has made up.
 */
function isOfOrder({ status, body }: Answer): boolean {
  if (status === 200 || status === 201) return orderSchema.safeParse(body).success
  return problemCode(body) !== undefined && (status < 500 || status === 503)
}
