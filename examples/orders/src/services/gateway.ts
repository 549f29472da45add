import { randomUUID } from 'node:crypto'
import { checkoutSchema } from '../checkout/checkout-request.js'
import { parse } from '../http/body.js'
import { Edge, type OutgoingCall } from '../http/edge.js'
import { optionalIdempotencyKey } from '../http/idempotency-key.js'
import { unavailable } from '../http/problem.js'
import type { Reply } from '../http/routes.js'
import { runService } from '../http/service.js'

/** The front door: checks what comes in and passes it on. It keeps nothing. */
await runService('gateway', async ({ urls }) => {
  const order = new Edge('gateway > order', urls['order'])

  const pass = async (call: OutgoingCall): Promise<Reply> => {
    const result = await order.call(call)
    if (!result.ok) {
      const again = call.idempotencyKey === undefined ? '' : `, with Idempotency-Key ${call.idempotencyKey}`
      throw unavailable(`checkout does not work right now; try again later${again}`, result.retryAfterSeconds)
    }
    const { status, body, retryAfter } = result.answer
    return { status, body, ...(retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }) }
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
    status: () => ({ edges: [order.status()] }),
    close: async () => {},
  }
})
