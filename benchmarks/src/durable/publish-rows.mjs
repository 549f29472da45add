import { bankTransactions } from './bank-transactions.mjs'
import { guardedCharges } from './guarded-charges.mjs'
import { addedTo, inTurns, medianRow } from './in-turns.mjs'
import { loadWorkflows, takeTurns } from './load-workflows.mjs'

/** Many short slices, so that what the machine does meanwhile falls on all alike. */
const sliceMs = 100
const digits = { perSecond: 1, p50Ms: 3, p99Ms: 2 }
const warmUpMs = 1_000
const inFlight = 16
/** Of what is held to a target, and of what stands beside it. */
const slices = { charges: 200, bank: 30 }

/**
 * What it adds to publish an event: to what a service does for a request that it may do once only, and to a bare transaction,
 * beside what one more insert of its own adds. Alone, one of each in turn; beside others of its kind, in slices. Charges and
 * bare transactions are measured apart: each would wait for the disk of the other.
 * @returns {Promise<{ case: string, perSecond: number, p50Ms: number, p99Ms: number, added?: import('./in-turns.mjs').Added }[]>}
 */
export async function publishRows(postgres) {
  const charges = await guardedCharges(await postgres.createDatabase('charges'), inFlight)
  const ofCharges = await rowsOf(charges.run, slices.charges)
  await charges.close()
  const bank = await bankTransactions(await postgres.createDatabase('bank'), inFlight)
  const ofBank = await rowsOf(bank.run, slices.bank)
  await bank.close()
  return [...ofCharges, ...ofBank]
}

async function rowsOf(cases, rounds) {
  const names = Object.keys(cases)
  const runs = Object.values(cases)
  await takeTurns(runs, { ms: warmUpMs })
  const alone = await takeTurns(runs, { ms: rounds * sliceMs })
  const slicesOf = runs.map((run) => () => loadWorkflows(run, { inFlight, ms: sliceMs }))
  const sliced = await inTurns(slicesOf, rounds)
  return [
    ...names.map((name, which) => medianRow(`${name}, one`, [alone[which]], digits)),
    ...names.map((name, which) => ({
      ...medianRow(`${name}, ${inFlight} in flight`, sliced[which], digits),
      ...(which > 0 ? { added: addedTo(sliced[0], sliced[which]) } : {}),
    })),
  ]
}
