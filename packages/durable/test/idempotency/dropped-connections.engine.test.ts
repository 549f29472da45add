import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../servers/postgres-server.js'
import { dropCases, dropConnections, openStage, type Stage } from './drop-connections.js'

let server: PostgresServer
let stage: Stage
beforeAll(async () => {
  server = await startPostgres()
  stage = await openStage(server.url)
})
afterAll(async () => {
  await stage.ledger.close()
  await server.stop()
})

test.each(dropCases)(
  'charged $effect with its answer, the connection to Postgres lost $when each statement in turn: charged once, and all are told so',
  async ({ effect, when }) => {
    const { places, wrong } = await dropConnections(stage, effect, { when })
    console.log(`charged ${effect}: connection lost ${when} each of ${places} statements`)
    // Those of one caller alone are a claim, a finish or a transaction, and a replay; those of callers at once come behind.
    expect(places).toBeGreaterThan(5)
    expect(wrong).toEqual([])
  },
)
