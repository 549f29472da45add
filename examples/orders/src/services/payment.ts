import {
  createIdempotency,
  type IdempotencyStore,
  migrate,
  openServiceIdempotencyStore,
  type Participant,
} from '@watertight/durable'
import { z } from 'zod'
import { cleanUpRegularly, type CleaningUp } from '../database/clean-up.js'
import { opening } from '../database/opening.js'
import { parse } from '../http/read-json.js'
import { idempotencyKey } from '../http/idempotency-key.js'
import { Problem } from '../http/problem.js'
import { sentReply } from '../http/sent-reply.js'
import type { Environment, Service } from '../http/service.js'
import { isChoreographed } from '../order/place-order-events.js'
import { ChargeStore } from '../payment/charge-store.js'
import { takePart } from '../payment/take-part.js'
import { pageStart } from './books-page.js'

const chargeSchema = z.strictObject({
  orderId: z.string().min(1).max(64),
  amountCents: z.int().min(1),
  currency: z.literal('EUR'),
  card: z.string().min(1).max(64),
})

/** How soon the key of a process that has died is free: no longer than its caller has patience. */
const LEASE_MS = 1_000
/** How long a second request waits for the answer to the first. */
const WAIT_MS = 500

/** Charges cards and refunds them, each at most once per idempotency key. */
export async function openPayment({
  openJournal,
  openStore,
  model,
  log,
}: Pick<Environment, 'openJournal' | 'openStore' | 'model' | 'log'>): Promise<Service> {
  let part: Participant | undefined
  let cleaning: CleaningUp | undefined
  const { store, opened } = opening(openStore(), async (payments) => {
    await migrate(payments)
    const charges = new ChargeStore(payments)
    await charges.open(openJournal)
    cleaning = cleanUpRegularly(payments, (error) => log.warn({ err: error }, 'old rows are not deleted yet'))
    if (!isChoreographed(model)) return
    part = await takePart(payments, charges, (error) => log.warn({ err: error }, 'a charge is tried again'))
  })
  const keys = await openServiceIdempotencyStore(model, { service: 'payment', store })
  return {
    ...paymentService(keys, new ChargeStore(store), (error) =>
      log.warn({ err: error }, 'a key of a request is not kept yet'),
    ),
    opened,
    checks: { postgres: () => opened.then(() => store.query('select 1')) },
    close: async () => {
      await cleaning?.close()
      await keys.close()
      await part?.close()
      await store.close()
    },
  }
}

/** The service over any store. */
export function paymentService(
  keys: IdempotencyStore,
  charges: ChargeStore,
  onError: (error: unknown) => void,
): Omit<Service, 'close'> {
  return {
    // The key is claimed before a handler runs, and given its answer in the transaction that charges the card.
    idempotency: createIdempotency({
      store: keys,
      // By mutual TLS, nobody else gets here.
      caller: () => 'order',
      onTakeover: 'rerun',
      inFlight: { waitMs: WAIT_MS },
      leaseMs: LEASE_MS,
      // What went wrong here has charged nothing, or has been kept with the charge.
      keeps: (status) => status < 500 && status !== 409 && status !== 429,
      onError,
    }),
    routes: {
      'POST /charges': async (request) => {
        const charge = parse(chargeSchema, request.body)
        const key = idempotencyKey(request)
        const reply = { status: 201, body: { status: 'charged' } }
        const made = await charges.charge(key, charge, async (transaction, answer) => {
          if (answer === 'charged') await request.idempotent?.finish(transaction, sentReply(reply))
        })
        if (made === 'undone')
          throw new Problem(409, 'undone', `what was asked under key ${key} has been undone`)
        if (made === 'declined') throw new Problem(402, 'card-declined', 'the card was declined')
        return reply
      },
      'POST /refunds': async (request) => {
        await charges.undo(idempotencyKey(request))
        return { status: 200, body: { status: 'refunded' } }
      },
    },
    internalRoutes: {
      'GET /internal/books': async (request) => ({
        status: 200,
        body: await charges.page(pageStart(request)),
      }),
    },
  }
}
