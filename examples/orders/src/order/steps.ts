import { z } from 'zod'
import { CURRENCY } from '../checkout/catalogue.js'
import type { Answer, Edge } from '../http/edge.js'
import { problemCode } from '../http/problem.js'
import type { Order, WorkingState } from './order.js'
import type { StepResult } from './next-move.js'

/** The services that an order needs. */
export const calleeNames = ['inventory', 'payment', 'shipping', 'loyalty'] as const

export type CalleeName = (typeof calleeNames)[number]

export type Callees = Readonly<Record<CalleeName, Pick<Edge, 'call'>>>

interface Step {
  readonly to: CalleeName
  readonly path: string
  readonly body?: (order: Order) => unknown
  /** What the service says when it has done its work. */
  readonly done: {
    readonly status: readonly number[]
    readonly body: z.ZodType<{ message?: string | undefined }>
  }
  /** How the service says no, if it ever does. */
  readonly refused?: { readonly status: number; readonly code: string }
  /** What the customer is told when nobody knows whether it was done. */
  readonly unknown?: string
}

const word = <Word extends string>(status: number, text: Word) => ({
  status: [status],
  body: z.object({ status: z.literal(text) }).transform(() => ({})),
})

/** The call behind every state, and the answers that it promises. */
const steps: Record<WorkingState, Step> = {
  reserving: {
    to: 'inventory',
    path: '/reservations',
    body: ({ id, items }) => ({ orderId: id, items }),
    done: word(201, 'reserved'),
    refused: { status: 409, code: 'out-of-stock' },
  },
  charging: {
    to: 'payment',
    path: '/charges',
    body: ({ id, totalCents, card }) => ({ orderId: id, amountCents: totalCents, currency: CURRENCY, card }),
    done: word(201, 'charged'),
    refused: { status: 402, code: 'card-declined' },
  },
  shipping: {
    to: 'shipping',
    path: '/shipments',
    body: ({ id, customer, items }) => ({ orderId: id, customer, items }),
    done: word(201, 'planned'),
  },
  rewarding: {
    to: 'loyalty',
    path: '/points',
    body: ({ id, customer, totalCents }) => ({ orderId: id, customer, totalCents }),
    // 200 is the fallback of watertight.yaml.
    done: { status: [200, 201], body: z.object({ message: z.string() }) },
    unknown: 'Your loyalty points are not confirmed yet, but your order is processed!',
  },
  cancelling: { to: 'shipping', path: '/cancellations', done: word(200, 'cancelled') },
  refunding: { to: 'payment', path: '/refunds', done: word(200, 'refunded') },
  releasing: { to: 'inventory', path: '/releases', done: word(200, 'released') },
}

/** What came of a step; `message` is what the service has to say to the customer. */
export interface StepOutcome {
  readonly result: StepResult
  readonly message?: string
}

/** The service that an order in this state waits for. */
export function calleeOf(state: WorkingState): CalleeName {
  return steps[state].to
}

/** The states in which an order waits for this service. */
export function statesAt(callee: CalleeName): WorkingState[] {
  return (Object.keys(steps) as WorkingState[]).filter((state) => calleeOf(state) === callee)
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
  if (!result.answered && !result.sent) return { result: 'not-sent', ...saying(step.unknown) }
  return result.answered ? judge(step, result) : { result: 'unknown', ...saying(step.unknown) }
}

/**
 * Only what the service has promised counts. A 404 or 408 from something in between, or a 200 without the right
 * body, says nothing about what the service has done or will do yet.
 */
function judge({ done, refused, unknown }: Step, { status, body }: Answer): StepOutcome {
  if (status === refused?.status && problemCode(body) === refused.code) return { result: 'refused' }
  const promised = done.status.includes(status) ? done.body.safeParse(body) : undefined
  if (promised?.success !== true) return { result: 'unknown', ...saying(unknown) }
  return { result: 'done', ...saying(promised.data.message) }
}

function saying(message: string | undefined): { message?: string } {
  return message === undefined ? {} : { message }
}
