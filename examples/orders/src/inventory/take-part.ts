import { joinChoreography, migrate, StepRefusal, type Participant } from '@watertight/durable'
import type { Items } from '../checkout/checkout-schema.js'
import { patientStore, whenOpen } from '../database/patient-store.js'
import type { Environment } from '../http/service.js'
import { isChoreographed, placeOrderEvents } from '../order/place-order-events.js'
import { UNTIL_IT_WORKS } from '../order/place-order.js'
import { steps } from '../order/steps.js'

const LEASE_MS = 3_000

/** What inventory can do, each of which once for an order. */
interface Stockroom {
  readonly reserve: (wanted: {
    readonly orderId: string
    readonly items: Items
  }) => Promise<'reserved' | 'out-of-stock'>
  readonly release: (orderId: string) => Promise<void>
}

/**
 * Reserves when it hears of an order, and releases when it hears that the order has turned back. The journal is no part of the
 * transaction, but knows each order by its id: what is tried again is done once.
 */
export async function takePart(
  { model, openStore, log }: Partial<Environment>,
  { reserve, release }: Stockroom,
): Promise<Pick<Participant, 'close'> | undefined> {
  if (model === undefined || openStore === undefined || !isChoreographed(model)) return undefined
  const opened = openStore()
  const store = patientStore(opened)
  await whenOpen(opened)
  await migrate(store)
  const { attempts: attemptsMax, backoff } = UNTIL_IT_WORKS
  const part = await joinChoreography(store, placeOrderEvents, {
    step: 'reserve',
    attemptsMax,
    backoff,
    leaseMs: LEASE_MS,
    onError: (error) => log?.warn({ err: error }, 'a reservation is tried again'),
    run: async ({ id, input: { items } }) => {
      if ((await reserve({ orderId: id, items })) === 'out-of-stock')
        throw new StepRefusal(steps.reserve.refused.code)
    },
    compensate: ({ id }) => release(id),
  })
  return {
    close: async () => {
      await part.close()
      await store.close()
    },
  }
}
