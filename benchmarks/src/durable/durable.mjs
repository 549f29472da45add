// `npm run bench -- durable`: sagas of three steps beside DBOS Transact, Restate and Temporal, and the outbox
// beside graphile-worker and pg-boss, by way of Kafka, and what publishing adds to a transaction, on one machine.
import { report } from '../runner/print.mjs'
import { dbosWorkflow } from './dbos-workflow.mjs'
import { eventsRows } from './events-rows.mjs'
import { inTurns, medianRow } from './in-turns.mjs'
import { loadWorkflows } from './load-workflows.mjs'
import { publishRows } from './publish-rows.mjs'
import { restateWorkflow } from './restate-workflow.mjs'
import { startPostgres } from './start-postgres.mjs'
import { durableTargets } from './targets.mjs'
import { temporalWorkflow } from './temporal-workflow.mjs'
import { watertightSaga } from './watertight-saga.mjs'

const { json, check, seconds } = JSON.parse(process.argv[2])
const rounds = 3
/** However short the run: code that is not optimised yet says nothing. */
const sliceMsMin = 1_000

const wanted = process.env.WATERTIGHT_BENCH_CASES?.split(';')
const isWanted = (name) => wanted === undefined || wanted.includes(name)

const postgres = await startPostgres()
const makers = {
  watertight: async () => watertightSaga(await postgres.createDatabase('watertight')),
  dbos: async () => dbosWorkflow(await postgres.createDatabase('dbos')),
  restate: restateWorkflow,
  temporal: temporalWorkflow,
}
const systems = []
const measured = new Set(['publish', 'events'].filter(isWanted))
for (const [name, make] of Object.entries(makers)) {
  const system = isWanted(name) ? await make() : undefined
  if (system === undefined) continue
  systems.push(system)
  measured.add(name)
}
const cases = systems.flatMap(({ name, run }) => [
  { case: `${name}, 64 in flight`, run, inFlight: 64 },
  { case: `${name}, one`, run, inFlight: 1 },
])

const sliceMs = Math.max(sliceMsMin, (seconds * 1_000) / cases.length / (rounds + 1))
const measuredCases = await inTurns(
  cases.map(
    ({ run, inFlight }) =>
      () =>
        loadWorkflows(run, { inFlight, ms: sliceMs }),
  ),
  rounds,
)
for (const { close } of systems) await close()
const events = [
  ...(measured.has('publish') ? await publishRows(postgres) : []),
  ...(measured.has('events') ? await eventsRows(postgres) : []),
]
await postgres.stop()

const digits = { perSecond: 1, p50Ms: 2, p99Ms: 2 }
const rows = cases.map(({ case: name }, which) => medianRow(name, measuredCases[which], digits))
rows.push(...events)
const table = {
  heading: ['case', 'per second', 'p50 ms', 'p99 ms'],
  cells: (row) => [row.case, row.perSecond.toLocaleString('en'), row.p50Ms.toFixed(2), row.p99Ms.toFixed(2)],
  notes: ['Medians of interleaved rounds. Postgres as it comes, every commit flushed to the disk.'],
}
report(rows, durableTargets(rows, measured), table, { json, check })
process.exit()
