import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '../../src/migrations/migrate.js'
import { openStore } from '../../src/store/open-store.js'
import { type PGliteServer, servePGlite } from '../../src/store/pglite/server/serve-pglite.js'
import { dropConnections, type Stage } from './drop-connections.js'
import { createLedger } from './serve-charges.js'

let server: PGliteServer
let stage: Stage
beforeAll(async () => {
  server = await servePGlite()
  const ledger = openStore(server.url)
  stage = { url: server.url, ledger }
  await migrate(ledger)
  await createLedger(ledger)
})
afterAll(async () => {
  await stage.ledger.close()
  await server.close()
})

const cases = (['together', 'before'] as const).flatMap((effect) =>
  (['before', 'after'] as const).map((when) => ({ effect, when })),
)

test.each(cases)(
  'charged $effect with its answer, the connection to a shared embedded database lost $when each statement in turn: charged once, and all are told so',
  async ({ effect, when }) => {
    const { places, wrong } = await dropConnections(stage, effect, { when })
    console.log(`charged ${effect}: connection lost ${when} each of ${places} statements`)
    expect(places).toBeGreaterThan(5)
    expect(wrong).toEqual([])
  },
)
