import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PGliteServer, servePGlite } from '../../src/store/pglite/server/serve-pglite.js'
import { dropCases, dropConnections, openStage, type Stage } from './drop-connections.js'

let server: PGliteServer
let stage: Stage
beforeAll(async () => {
  server = await servePGlite()
  stage = await openStage(server.url)
})
afterAll(async () => {
  await stage.ledger.close()
  await server.close()
})

test.each(dropCases)(
  'charged $effect with its answer, the connection to a shared embedded database lost $when each statement in turn: charged once, and all are told so',
  async ({ effect, when }) => {
    const { places, wrong } = await dropConnections(stage, effect, { when })
    console.log(`charged ${effect}: connection lost ${when} each of ${places} statements`)
    expect(places).toBeGreaterThan(5)
    expect(wrong).toEqual([])
  },
)
