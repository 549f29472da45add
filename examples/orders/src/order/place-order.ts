import {
  saga,
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

/** The client has tried again already, as watertight.yaml has it, and the customer waits: what is unknown is undone. */
const ONCE = { attempts: 1 }

/** As watertight.yaml has it, which a test holds this to: what must be undone is tried for more than an hour. */
export const UNTIL_IT_WORKS = {
  attempts: 1_000,
  backoff: exponential({ initialMs: 250, maxMs: 5_000, jitter: 'equal' }),
}
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
 * In version 1 shipping was called, as a step of its own. Sagas that began with it still have that step, in which nothing is done:
 * the event ships their orders as well.
 */
export function placeOrderSaga(callees: Callees, orders: OrderStore, version: 1 | 2 = 2): PlaceOrder {
  const call = (name: StepName) => (context: StepContext<OrderContent>) =>
    takeStep(callees, name, context.input)
  const undoBy = (name: StepName) => async (context: CompensationContext<OrderContent>) => {
    // Whoever looks at the order sees at once that it is being undone.
    await orders.turnBack(context.sagaId, reasonOf(context.turnedBack))
    await takeStep(callees, name, context.input)
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
  const charged = saga<OrderContent>('place-order', { version })
    .parallel('begin', {
      // The order stands from the first. Undoing it, the last of all, says why it is cancelled.
      open: {
        run: () => null,
        compensate: (context) => orders.cancel(context.sagaId, reasonOf(context.turnedBack)),
        compensation: { retry: UNTIL_IT_WORKS },
      },
      reserve: step('reserve', 'release', [steps.reserve.refused.code]),
    })
    .step('charge', step('charge', 'refund', [steps.charge.refused.code]))
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
export function reasonOf(turnedBack: Pick<TurnBack, 'code'> | undefined): Reason {
  const code = turnedBack?.code
  return code === 'card-declined' || code === 'out-of-stock' ? code : 'unavailable'
}
