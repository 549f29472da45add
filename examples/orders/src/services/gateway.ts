import { randomUUID } from 'node:crypto'
import { checkoutSchema } from '../checkout/checkout-request.js'
import { parse } from '../http/body.js'
import { hasFailed, RETRY_AFTER_SECONDS, type OutgoingCall } from '../http/edge.js'
import { optionalIdempotencyKey } from '../http/idempotency-key.js'
import { unavailable } from '../http/problem.js'
import type { Reply } from '../http/routes.js'
import { runService } from '../http/service.js'

/** The front door: checks what comes in and passes it on. It keeps nothing. */
await runService('gateway', async ({ edges }) => {
  const order = edges.to('order')

  const pass = async (call: OutgoingCall): Promise<Reply> => {
    const result = await order.call(call)
    // A 503 is an answer too: order says for itself what cannot be done right now, and when to try again.
    if (result.answered && (!hasFailed(result.status) || result.status === 503)) {
      const { status, body, retryAfter } = result
      return { status, body, ...(retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }) }
    }
    const seconds = result.answered ? RETRY_AFTER_SECONDS : result.retryAfterSeconds
    const again = call.idempotencyKey === undefined ? '' : `, with Idempotency-Key ${call.idempotencyKey}`
    throw unavailable(`checkout does not work right now; try again later${again}`, seconds)
  }

  return {
    routes: {
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
})
