import { joinChoreography, StepRefusal, type Participant, type Store } from '@watertight/durable'
import { CURRENCY } from '../checkout/catalogue.js'
import { placeOrderEvents } from '../order/place-order-events.js'
import { UNTIL_IT_WORKS } from '../order/place-order.js'
import { steps } from '../order/steps.js'
import type { ChargeStore } from './charge-store.js'

const LEASE_MS = 3_000

/** Charges when it hears that stock is reserved, and refunds when it hears that the order has turned back. */
export async function takePart(
  store: Store,
  charges: ChargeStore,
  onError: (error: unknown) => void,
): Promise<Participant> {
  const { attempts: attemptsMax, backoff } = UNTIL_IT_WORKS
  return await joinChoreography(store, placeOrderEvents, {
    step: 'charge',
    attemptsMax,
    backoff,
    leaseMs: LEASE_MS,
    onError,
    run: async ({ id, input }, transaction) => {
      const charge = { orderId: id, amountCents: input.totalCents, currency: CURRENCY, card: input.card }
      if ((await charges.chargeIn(transaction, id, charge)) === 'declined')
        throw new StepRefusal(steps.charge.refused.code)
    },
    compensate: ({ id }, transaction) => charges.undo(id, transaction),
  })
}
