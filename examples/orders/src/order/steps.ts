import { StepRefusal } from '@watertight/durable'
import { z } from 'zod'
import { CURRENCY } from '../checkout/catalogue.js'
import type { Answer, Edge } from '../http/edge.js'
import { problemCode } from '../http/problem.js'
import type { OrderContent } from './order.js'

/** The services that an order needs. */
export type CalleeName = 'inventory' | 'payment' | 'loyalty'

export type Callees = Readonly<Record<CalleeName, Pick<Edge, 'call'>>>

interface Step {
  readonly to: CalleeName
  readonly path: string
  readonly body?: (order: OrderContent) => unknown
  /** What the service says when it has done its work. */
  readonly done: { readonly status: readonly number[]; readonly body: z.ZodType<{ message?: string }> }
  /** How the service says no, if it ever does. */
  readonly refused?: { readonly status: number; readonly code: string }
}

const word = (status: number, text: string): Step['done'] => ({
  status: [status],
  body: z.object({ status: z.literal(text) }).transform(() => ({})),
})

/** The call behind every step of the saga, forward and back, and the answers that it promises. */
export const steps = {
  reserve: {
    to: 'inventory',
    path: '/reservations',
    body: ({ id, items }) => ({ orderId: id, items }),
    done: word(201, 'reserved'),
    refused: { status: 409, code: 'out-of-stock' },
  },
  charge: {
    to: 'payment',
    path: '/charges',
    body: ({ id, totalCents, card }) => ({ orderId: id, amountCents: totalCents, currency: CURRENCY, card }),
    done: word(201, 'charged'),
    refused: { status: 402, code: 'card-declined' },
  },
  reward: {
    to: 'loyalty',
    path: '/points',
    body: ({ id, customer, totalCents }) => ({ orderId: id, customer, totalCents }),
    // 200 is the fallback of watertight.yaml.
    done: { status: [200, 201], body: z.object({ message: z.string() }) },
  },
  release: { to: 'inventory', path: '/releases', done: word(200, 'released') },
  refund: { to: 'payment', path: '/refunds', done: word(200, 'refunded') },
} satisfies Record<string, Step>

export type StepName = keyof typeof steps

/**
 * Makes the call of one step, and resolves to what the service has to say to the customer. The order's id is the idempotency
 * key everywhere: doing a step again gives the same answer and no second effect, and undoing it needs nothing but that key.
 *
 * @throws {StepRefusal} when the service has said no, in the words that it promises
 * @throws {Error} when nobody knows what it has done
 */
export async function takeStep(callees: Callees, name: StepName, order: OrderContent): Promise<string> {
  const step: Step = steps[name]
  const body = step.body?.(order)
  const result = await callees[step.to].call({
    method: 'POST',
    path: step.path,
    idempotencyKey: order.id,
    ...(body === undefined ? {} : { body }),
  })
  if (!result.answered) throw new Error(`${step.to} did not answer`, { cause: result.error })
  return judge(step, result)
}

/**
 * Only what the service has promised counts. A 404 or 408 from something in between, or a 200 without the right body, says
 * nothing about what the service has done or will do yet.
 */
function judge({ to, done, refused }: Step, { status, body }: Answer): string {
  if (status === refused?.status && problemCode(body) === refused.code) throw new StepRefusal(refused.code)
  const promised = done.status.includes(status) ? done.body.safeParse(body) : undefined
  if (promised?.success !== true)
    throw new Error(`${to} answered ${status}, with something that it does not promise`)
  return promised.data.message ?? ''
}
