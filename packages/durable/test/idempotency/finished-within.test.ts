import { createServer } from 'node:http'
import { virtualClock } from '@watertight/policy/testing'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import {
  createIdempotency,
  defineTopic,
  type IdempotentRequest,
  idempotentRequestOf,
  migrate,
  PostgresIdempotencyStore,
  publish,
  type Store,
  type Transaction,
} from '../../src/index.js'
import { emptyStore } from '../empty-store.js'
import { expectProblem } from './charging.js'
import { listen } from './servers.js'

let store: Store
beforeAll(async () => {
  store = await emptyStore()
  await migrate(store)
  await store.query('create table charge (key text not null)')
})
afterAll(() => store.close())

interface Answer {
  readonly status: number
  readonly body: string
}
const charged = { status: 200, body: '{"charged":true}' }
const notCharged = { status: 200, body: '{"charged":false}' }
const receiptFailed = { status: 500, body: 'no receipt' }

type Charge = (run: IdempotentRequest) => Promise<Answer>

/** Sends a charge with that key. */
async function served(charge: Charge): Promise<(key: string) => Promise<Response>> {
  const idempotency = createIdempotency({
    store: new PostgresIdempotencyStore({ store }),
    caller: () => 'ann',
    onTakeover: 'rerun',
    onError: () => undefined,
    // However long a busy machine takes, no lease is renewed.
    clock: virtualClock(),
    claimDeadlineMs: 120_000,
  })
  const handle = idempotency.listener(async (request, response) => {
    const { status, body } = await charge(idempotentRequestOf(request)!)
    response.writeHead(status).end(body)
  })
  const listening = await listen(createServer(handle))
  onTestFinished(() => listening.close())
  return (key) =>
    fetch(listening.url, {
      method: 'POST',
      headers: { 'idempotency-key': `"${key}"` },
      body: '{"amount":12}',
    })
}

/** What two callers with one key are told, one after the other, and how many charges there are. */
async function told(key: string, charge: Charge): Promise<{ answers: unknown[]; charges: number }> {
  const post = await served(charge)
  const answers: unknown[] = []
  for (let n = 0; n < 2; n += 1) {
    const answer = await post(key)
    answers.push({ status: answer.status, body: await answer.text() })
  }
  return { answers, charges: await chargesOf(key) }
}

async function chargesOf(key: string): Promise<number> {
  return (await store.query('select from charge where key = $1', [key])).rows.length
}

/** A client of one's own, which does not tell whether its transaction was committed. */
const foreign = (transaction: Transaction): Transaction => ({
  query: (text, values) => transaction.query(text, values),
})

/** Charges and finishes the request in one transaction, of which `after` is the end. */
async function chargeWithin(
  run: IdempotentRequest,
  as: (transaction: Transaction) => Transaction,
  after: () => Promise<void> = async () => undefined,
): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.query('insert into charge values ($1)', [run.key])
    await run.finish(as(transaction), charged)
    await after()
  })
}

const itself = (transaction: Transaction): Transaction => transaction
const failing = (): Promise<never> => Promise.reject(new Error('no stock'))

test.each([
  ['of the store', itself],
  ['of a client of its own', foreign],
])(
  'a transaction %s that finished the request is rolled back: all are told what the handler then answers, and not that it was charged',
  async (name, as) => {
    const charge: Charge = (run) =>
      chargeWithin(run, as, failing).then(
        () => charged,
        () => notCharged,
      )
    expect(await told(`rolled back ${name}`, charge)).toEqual({
      answers: [notCharged, notCharged],
      charges: 0,
    })
  },
)

test('a handler that answers the same although the transaction was rolled back has its answer kept, like any other', async () => {
  const charge: Charge = (run) =>
    chargeWithin(run, itself, failing).then(
      () => charged,
      () => charged,
    )
  expect((await told('rolled back, and the same', charge)).answers).toEqual([charged, charged])
})

test.each([
  ['of the store', itself, receiptFailed],
  ['of a client of its own', foreign, receiptFailed],
  ['of a client of its own, and with the same status', foreign, notCharged],
])(
  'a transaction %s is committed, and the handler answers otherwise: all are told what was committed',
  async (name, as, otherwise) => {
    const charge: Charge = async (run) => {
      await chargeWithin(run, as)
      return otherwise
    }
    expect(await told(`committed ${name}`, charge)).toEqual({ answers: [charged, charged], charges: 1 })
  },
)

test('a transaction that is tried again although the first was committed is refused, and the charge is made once', async () => {
  const charge: Charge = async (run) => {
    await chargeWithin(run, itself)
    await chargeWithin(run, itself)
    return charged
  }
  expect(await told('tried again', charge)).toEqual({ answers: [charged, charged], charges: 1 })
})

test('taken over after its transaction was rolled back, a handler that answers at last is told so, and nobody that it was charged', async () => {
  let go: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (go = resolve))
  let runs = 0
  const post = await served(async (run) => {
    runs += 1
    if (runs > 1) return notCharged
    await chargeWithin(run, itself, failing).catch(() => undefined)
    await gate
    return receiptFailed
  })
  const first = post('taken over')
  await expect.poll(() => runs).toBe(1)
  await store.query('update watertight.idempotency set lease_until = now() where lease_until is not null')
  expect(await (await post('taken over')).text()).toBe(notCharged.body)
  go()
  await expectProblem(await first, 409, 'WT_IDEMPOTENCY_CLAIM_LOST')
})

const insert = 'insert into charge values ($1)'
const charges = defineTopic('charges', {
  source: '/payment',
  types: { charged: { schema: { parse: (input: unknown) => input as object } } },
})
test.each<[string, string, (run: IdempotentRequest) => Promise<unknown>]>([
  [
    'goes on in its transaction',
    'WT_STORE_ABORTED',
    (run) =>
      store.transaction(async (transaction) => {
        await transaction.query(insert, [run.key])
        await run.finish(transaction, charged).catch(() => undefined)
      }),
  ],
  [
    'has charged in the same round trip',
    'WT_IDEMPOTENCY_CLAIM_LOST',
    (run) =>
      store.atOnce((transaction) => [transaction.query(insert, [run.key]), run.finish(transaction, charged)]),
  ],
  [
    'has charged and published in the same round trip',
    'WT_IDEMPOTENCY_CLAIM_LOST',
    (run) =>
      store.atOnce((transaction) => [
        transaction.query(insert, [run.key]),
        publish(transaction, charges, { type: 'charged', key: run.key, data: {} }),
        run.finish(transaction, charged),
      ]),
  ],
  [
    'has published with the commit',
    'WT_IDEMPOTENCY_CLAIM_LOST',
    (run) =>
      store.transaction(async (transaction) => {
        await transaction.query(insert, [run.key])
        await publish(transaction, charges, { type: 'charged', key: run.key, data: {} })
        await run.finish(transaction, charged)
      }),
  ],
])('a handler that was taken over and %s: nothing of it is committed', async (name, code, charge) => {
  let go: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (go = resolve))
  let runs = 0
  const refused: unknown[] = []
  const post = await served(async (run) => {
    runs += 1
    if (runs === 1) await gate
    await charge(run).catch((error: unknown) => {
      refused.push(error)
      throw error
    })
    return charged
  })
  const first = post(name)
  await expect.poll(() => runs).toBe(1)
  await store.query('update watertight.idempotency set lease_until = now() where lease_until is not null')
  expect((await post(name)).status).toBe(200)
  go()
  await expectProblem(await first, 409, 'WT_IDEMPOTENCY_CLAIM_LOST')
  expect(refused).toMatchObject([{ code }])
  expect(await chargesOf(name)).toBe(1)
  const { rows } = await store.query('select from watertight.outbox where key = $1', [name])
  expect(rows.length).toBeLessThanOrEqual(1)
})
