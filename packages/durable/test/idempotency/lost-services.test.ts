import { seededRandom } from '@watertight/policy/testing'
import { expect, onTestFinished, test } from 'vitest'
import { migrate } from '../../src/migrations/migrate.js'
import { openStore } from '../../src/store/open-store.js'
import { servePGlite } from '../../src/store/pglite/server/serve-pglite.js'
import { dropConnections } from './drop-connections.js'
import { killedAt } from './kill-everywhere.js'
import { createLedger } from './serve-charges.js'

const seed = Number(process.env['WATERTIGHT_SEED'] ?? Date.now() % 1_000_000)
const random = seededRandom(seed)
const drawn = (): 'before' | 'after' => (random() < 0.5 ? 'before' : 'after')
const effect = random() < 0.5 ? 'together' : 'before'
/** The claim, the charge, the finish and the commit: the first ones of whoever calls alone. */
const at = 1 + Math.floor(random() * 4)
const first = 1 + Math.floor(random() * 3)
const [killed, dropped] = [drawn(), drawn()]

test(`a service is killed ${killed} statement ${at} of a request, connections are lost ${dropped} some: charged once, and all are told so (WATERTIGHT_SEED=${seed})`, async () => {
  const server = await servePGlite()
  const ledger = openStore(server.url)
  onTestFinished(async () => {
    await ledger.close()
    await server.close()
  })
  await migrate(ledger)
  await createLedger(ledger)
  const stage = { url: server.url, ledger }
  expect(await killedAt(server, { at, when: killed })).toEqual({ isStruck: true, wrong: [] })
  const { places, wrong } = await dropConnections(stage, effect, { when: dropped, first, oneIn: 4 })
  expect(places).toBeGreaterThan(0)
  expect(wrong).toEqual([])
}, 150_000)
