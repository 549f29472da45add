import {
  saga,
  StepRefusal,
  type CompensationContext,
  type SagaDefinition,
  type StepContext,
  type TurnBack,
} from '@watertight/durable'
import { exponential } from '@watertight/policy'
import type { Order, OrderContent, Reason } from './order.js'
import type { OrderStore } from './order-store.js'
import { steps, takeStep, type Callees, type StepName } from './steps.js'

const POINTS_LATER = 'Your loyalty points are not confirmed yet, but your order is processed!'

/** The client has tried again already, as watertight.yaml has it: what is unknown is undone. */
const ONCE = { attempts: 1 }

/** As watertight.yaml has it, which a test holds this to: what must be undone is tried for more than an hour. */
export const UNTIL_IT_WORKS = {
  attempts: 1_000,
  backoff: exponential({ initialMs: 250, maxMs: 5_000, jitter: 'equal' }),
}

/** Who cannot be charged now is charged later, by the same key. The customer is told so, and does not wait for it. */
const LATER = {
  attempts: 1_000,
  backoff: exponential({ initialMs: 1_000, maxMs: 15_000, jitter: 'equal' }),
}
/** What has not been paid by then is undone: its stock has been kept from others for so long. */
const LIMIT = '30m'
const STEP_LIMIT = { timeout: '5s' } as const

/** What a saga that is done has come to. */
export interface Placed {
  readonly reward: string | undefined
}

export type PlaceOrder = SagaDefinition<OrderContent, Placed>

/** What the saga has to know of an order; the same each time, whoever asks. */
export function contentOf({ id, customer, items, card, totalCents }: Order): OrderContent {
  return { id, customer, items: items.map(({ sku, quantity }) => ({ sku, quantity })), card, totalCents }
}

/**
 * The saga of a checkout: reserve, charge, reward, confirm; what was done is undone in reverse when a step fails. Each
 * service is a dependency of its own, so that no order waits behind those that wait for another one. Shipping hears of what is
 * confirmed by its event.
 *
 * While payment cannot be reached an order waits for it, with its stock reserved, up to a limit. In version 2 it was undone, and
 * in version 1 shipping was called besides, as a step of its own. Sagas that began with that still have the step, in which nothing is
 * done: the event ships their orders as well.
 */
export function placeOrderSaga(callees: Callees, orders: OrderStore, version: 1 | 2 | 3 = 3): PlaceOrder {
  const call = (name: StepName) => (context: StepContext<OrderContent>) =>
    takeStep(callees, name, context.input)
  const undoBy = (name: StepName) => async (context: CompensationContext<OrderContent>) => {
    // Whoever looks at the order sees at once that it is being undone.
    await orders.turnBack(context.sagaId, reasonOf(context.turnedBack))
    await takeStep(callees, name, context.input)
  }
  const charge = async (context: StepContext<OrderContent>) => {
    try {
      return await takeStep(callees, 'charge', context.input)
    } catch (error) {
      // Before the saga knows: a customer who is told that the order waits finds it so.
      if (!(error instanceof StepRefusal)) await orders.delay(context.sagaId, 'payment')
      throw error
    }
  }
  const step = (name: 'reserve' | 'charge', undoneBy: StepName, refusals: readonly string[] = []) => ({
    run: call(name),
    compensate: undoBy(undoneBy),
    dependency: steps[name].to,
    retry: ONCE,
    refusals,
    ...STEP_LIMIT,
    compensation: { retry: UNTIL_IT_WORKS, ...STEP_LIMIT },
  })
  const waits = version >= 3
  const charged = saga<OrderContent>('place-order', { version, ...(waits ? { deadline: LIMIT } : {}) })
    .parallel('begin', {
      // The order stands from the first. Undoing it, the last of all, says why it is cancelled.
      open: {
        run: () => null,
        compensate: (context) => orders.cancel(context.sagaId, reasonOf(context.turnedBack)),
        compensation: { retry: UNTIL_IT_WORKS },
      },
      reserve: step('reserve', 'release', [steps.reserve.refused.code]),
    })
    .step('charge', {
      ...step('charge', 'refund', [steps.charge.refused.code]),
      ...(waits ? { run: charge, retry: LATER } : {}),
    })
  const former = () => charged.step('ship', { run: () => null, compensate: () => {} }) as typeof charged
  return (
    (version === 1 ? former() : charged)
      // From here on it only goes forward: points are given or not, and the order is confirmed.
      .step('reward', {
        run: call('reward'),
        dependency: steps.reward.to,
        ...STEP_LIMIT,
        retry: ONCE,
        optional: true,
      })
      .step('confirm', {
        run: ({ input, results }) => orders.confirm(input, confirmed(results).loyalty),
        retry: UNTIL_IT_WORKS,
      })
      .build()
  )
}

/** What of an order is known once its saga is done. */
export function confirmed({ reward }: Placed): Pick<Order, 'state'> & { readonly loyalty: string } {
  return { state: 'confirmed', loyalty: reward ?? POINTS_LATER }
}

/** Why an order is undone, by what its saga says. */
export function reasonOf(turnedBack: Partial<Pick<TurnBack, 'code' | 'why'>> | undefined): Reason {
  const { code, why } = turnedBack ?? {}
  if (why === 'deadline') return 'out-of-time'
  return code === 'card-declined' || code === 'out-of-stock' ? code : 'unavailable'
}
