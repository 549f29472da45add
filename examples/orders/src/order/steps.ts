import { CURRENCY } from '../checkout/catalogue.js'
import { hasFailed, type Edge } from '../http/edge.js'
import type { Order, WorkingState } from './order.js'
import type { StepResult } from './saga.js'

/** The services that an order needs. */
export interface Callees {
  readonly inventory: Edge
  readonly payment: Edge
  readonly shipping: Edge
  readonly loyalty: Edge
}

interface Step {
  readonly to: keyof Callees
  readonly path: string
  readonly body?: (order: Order) => unknown
}

/** The call behind every state. */
const steps: Record<WorkingState, Step> = {
  reserving: {
    to: 'inventory',
    path: '/reservations',
    body: ({ id, items }) => ({ orderId: id, items }),
  },
  charging: {
    to: 'payment',
    path: '/charges',
    body: ({ id, totalCents, card }) => ({ orderId: id, amountCents: totalCents, currency: CURRENCY, card }),
  },
  shipping: {
    to: 'shipping',
    path: '/shipments',
    body: ({ id, customer, items }) => ({ orderId: id, customer, items }),
  },
  rewarding: {
    to: 'loyalty',
    path: '/points',
    body: ({ id, customer, totalCents }) => ({ orderId: id, customer, totalCents }),
  },
  cancelling: { to: 'shipping', path: '/cancellations' },
  refunding: { to: 'payment', path: '/refunds' },
  releasing: { to: 'inventory', path: '/releases' },
}

/** What came of a step; `message` is what the service has to say to the customer. */
export interface StepOutcome {
  readonly result: StepResult
  readonly message?: string
}

/**
 * Makes the call of one state. The order's id is the idempotency key everywhere: doing a step again gives the
 * same answer and no second effect, and undoing it needs nothing but that key.
 */
export async function takeStep(callees: Callees, order: Order, state: WorkingState): Promise<StepOutcome> {
  const step = steps[state]
  const body = step.body?.(order)
  const result = await callees[step.to].call({
    method: 'POST',
    path: step.path,
    idempotencyKey: order.id,
    ...(body === undefined ? {} : { body }),
  })
  if (!result.answered) return { result: result.sent ? 'unknown' : 'not-sent' }
  if (hasFailed(result.status)) return { result: 'unknown' }
  if (result.status >= 400) return { result: 'refused' }
  const { message } = result.body as { message?: string }
  return { result: 'done', ...(message === undefined ? {} : { message }) }
}
