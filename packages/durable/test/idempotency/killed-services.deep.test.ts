import { seededRandom } from '@watertight/policy/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PGliteServer, servePGlite } from '../../src/store/pglite/server/serve-pglite.js'
import { type PreparedFolder, prepareFolder } from '../servers/prepared-folder.js'
import { killedAt, killEverywhere } from './kill-everywhere.js'
import { createLedger } from './serve-charges.js'

let folder: PreparedFolder
let server: PGliteServer
beforeAll(async () => {
  folder = await prepareFolder(createLedger)
  server = await servePGlite({ folder: folder.copy().path })
})
afterAll(async () => {
  await server.close()
  folder.remove()
})

test.each(['before', 'after'] as const)(
  'a service on a shared embedded database, killed %s each statement of a request in turn: charged once, and told so',
  async (when) => {
    const { places, wrong } = await killEverywhere(server, when)
    console.log(`a request: killed ${when} each of ${places} statements`)
    // The claim, the charge, the finish and the commit; on a slow machine the lease is renewed meanwhile.
    expect(places).toBeGreaterThanOrEqual(4)
    expect(wrong).toEqual([])
  },
)

const seed = Number(process.env['WATERTIGHT_SEED'] ?? Date.now() % 1_000_000)
const random = seededRandom(seed)

const when = random() < 0.5 ? 'before' : 'after'
/** The claim, the begin, the charge, the finish or the commit. */
const at = 1 + Math.floor(random() * 5)

// To start such a database twice takes seconds, so one place is drawn.
test(`a service is killed with its embedded database ${when} statement ${at} of a request: charged once, and told so (WATERTIGHT_SEED=${seed})`, async () => {
  expect(await killedAt({ folder }, { at, when })).toEqual({ isStruck: true, wrong: [] })
})
