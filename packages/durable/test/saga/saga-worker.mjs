// A worker in a process of its own, for tests that kill and stop it. It tells its parent what was written, and dies by
// SIGKILL before or after a statement or an effect that it was given.
import { appendFileSync, existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { migrate, openSagaEngine, openStore } from '@watertight/durable'
import { workerSagas } from './worker-sagas.mjs'

const settings = JSON.parse(process.argv[2])
const { url, effects, dieAt, leaseMs, pollMs = 20, sagas = [], gate, stepMs = 0 } = settings

/** Places are counted: `before statement 3` is the moment before the third statement that writes sagas. */
const counts = new Map()
function pass(place) {
  const count = (counts.get(place) ?? 0) + 1
  counts.set(place, count)
  if (dieAt === `${place} ${count}`) process.kill(process.pid, 'SIGKILL')
}

const store = openStore(url, { connectionsMax: 4 })
const query = store.query.bind(store)
store.query = async (text, values, options) => {
  const writes = /update watertight\.saga as saga|watertight\.write_sagas/.test(text)
  if (!writes) return await query(text, values, options)
  pass('before statement')
  const result = await query(text, values, options)
  pass('after statement')
  if (text.includes('watertight.write_sagas')) tell(values[0], result.rows[0])
  return result
}

/** Which transitions were taken, and which were refused because the saga had changed hands. */
function tell(sent, { taken }) {
  const known =
    taken === null ? undefined : new Set(JSON.parse(taken).map(({ id, epoch }) => `${id} ${epoch}`))
  for (const { id, epoch, revision } of JSON.parse(sent))
    process.send?.({ id, epoch, revision, taken: known?.has(`${id} ${epoch}`) ?? true, pid: process.pid })
}

/** What other services do: the line is on the disk's side of a crash at once. */
function effect(line) {
  pass('before effect')
  appendFileSync(effects, `${line}\n`)
  pass('after effect')
}

const known = workerSagas({
  effects,
  effect,
  onBegan: async (key, attempt) => {
    process.send?.({ began: key, pid: process.pid })
    if (stepMs > 0) await sleep(stepMs)
    // Held until the parent opens the gate, when it has one.
    if (gate !== undefined && attempt === 1) while (!existsSync(gate)) await sleep(5)
  },
})

await migrate(store)
const engine = await openSagaEngine({
  store,
  sagas: Object.values(known),
  leaseMs,
  pollMs,
})
process.send?.({ ready: true, pid: process.pid })
const outcomes = await Promise.all(
  sagas.map(async ({ id, name }) => {
    const { outcome } = await engine.start(known[name], { id, input: { order: id } })
    return { id, ...(await outcome()) }
  }),
)
process.send?.({ outcomes })
if (settings.stays !== true) {
  await engine.close()
  await store.close()
  process.disconnect?.()
}
