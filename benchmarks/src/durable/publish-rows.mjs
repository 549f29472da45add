import { median, round } from '../runner/arithmetic.mjs'
import { bankTransactions } from './bank-transactions.mjs'
import { guardedCharges } from './guarded-charges.mjs'
import { loadWorkflows } from './load-workflows.mjs'

/** Many short slices, so that what the machine does meanwhile falls on all alike. */
const rounds = 30
const sliceMs = 100
const inFlight = [1, 16]

/**
 * What it adds to publish an event: to what a service does for a request that it may do once only, and to a bare transaction,
 * beside what one more insert of its own adds.
 * @returns {Promise<{ case: string, perSecond: number, p50Ms: number, p99Ms: number }[]>}
 */
export async function publishRows(postgres) {
  const connections = Math.max(...inFlight)
  const charges = await guardedCharges(await postgres.createDatabase('charges'), connections)
  const bank = await bankTransactions(await postgres.createDatabase('bank'), connections)
  const cases = inFlight.flatMap((count) =>
    Object.entries({ ...charges.run, ...bank.run }).map(([name, once]) => ({
      case: `${name}, ${count === 1 ? 'one' : `${count} in flight`}`,
      once,
      count,
      measured: [],
    })),
  )
  for (let turn = 0; turn <= rounds; turn += 1) {
    for (let place = 0; place < cases.length; place += 1) {
      const { once, count, measured } = cases[(place + turn) % cases.length]
      const figures = await loadWorkflows(once, { inFlight: count, ms: sliceMs })
      // The first turn warms up.
      if (turn > 0) measured.push(figures)
    }
  }
  await charges.close()
  await bank.close()
  return cases.map(({ case: name, measured }) => {
    const middle = (figure, digits) => round(median(measured.map((one) => one[figure])), digits)
    return {
      case: name,
      perSecond: middle('perSecond', 1),
      p50Ms: middle('p50Ms', 3),
      p99Ms: middle('p99Ms', 2),
    }
  })
}
