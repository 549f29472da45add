import { migrate, openStore, publish } from '../../../packages/durable/dist/index.js'
import { median, round } from '../runner/arithmetic.mjs'
import { benchTopic } from './drain-events.mjs'
import { loadWorkflows } from './load-workflows.mjs'

const rounds = 5
const sliceMs = 1_000
const inFlight = 8
const customers = 1_000

/**
 * What it adds to a small transaction of a business, an insert and an update, to publish an event in it, after its last
 * statement or in one round trip with it; beside what one more insert of its own would add.
 * @returns {Promise<{ case: string, perSecond: number, p50Ms: number, p99Ms: number }[]>}
 */
export async function publishRows(postgres) {
  const store = openStore(await postgres.createDatabase('publish'))
  await migrate(store)
  await store.query(
    'create table placed (id bigint generated always as identity primary key, customer text, data json)',
  )
  await store.query('create table account (customer text primary key, orders integer)')
  await store.query(`insert into account select 'c' || n, 0 from generate_series(0, ${customers - 1}) as n`)
  const data = { lines: [{ sku: 'a', count: 2 }], cents: 1_299 }
  let number = 0
  const insert = (transaction, customer) =>
    transaction.query('insert into placed (customer, data) values ($1, $2)', [customer, JSON.stringify(data)])
  const event = () => ({ type: 'placed', key: `order-${number}`, data })
  const publishIn = (transaction) => publish(transaction, benchTopic, event())
  const update = (transaction, customer) =>
    transaction.query('update account set orders = orders + 1 where customer = $1', [customer])
  const run = (after, beside) => () =>
    store.transaction(async (transaction) => {
      number += 1
      const customer = `c${number % customers}`
      await insert(transaction, customer)
      await Promise.all([update(transaction, customer), beside?.(transaction)])
      await after?.(transaction, customer)
    })
  const cases = [
    { case: 'transaction', run: run() },
    { case: 'transaction that publishes', run: run(publishIn) },
    {
      case: 'transaction that publishes in the round trip of its last statement',
      run: run(undefined, publishIn),
    },
    { case: 'transaction with one more insert', run: run(insert) },
  ].map((one) => ({ ...one, measured: [] }))
  for (let turn = 0; turn <= rounds; turn += 1) {
    for (const { run: once, measured } of cases) {
      const figures = await loadWorkflows(once, { inFlight, ms: sliceMs })
      // The first turn warms up.
      if (turn > 0) measured.push(figures)
    }
  }
  await store.close()
  return cases.map(({ case: name, measured }) => {
    const middle = (figure, digits) => round(median(measured.map((one) => one[figure])), digits)
    return {
      case: `${name}, ${inFlight} in flight`,
      perSecond: middle('perSecond', 1),
      p50Ms: middle('p50Ms', 2),
      p99Ms: middle('p99Ms', 2),
    }
  })
}
