import { seededRandom } from '@watertight/policy/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PGliteServer, servePGlite } from '../src/store/pglite/server/serve-pglite.js'
import { dropConnections, kill, killServices, prepareEffects } from './crash/kill-services.js'
import { type PreparedFolder, prepareFolder } from './servers/prepared-folder.js'

let folder: PreparedFolder
let server: PGliteServer
beforeAll(async () => {
  folder = await prepareFolder(prepareEffects)
  server = await servePGlite({ folder: folder.copy().path })
})
afterAll(async () => {
  await server.close()
  folder.remove()
})

test.each(['before', 'after'] as const)(
  'a service loses the connection to a shared embedded database %s each statement of publishing and consuming: every effect once',
  async (when) => {
    const { places, wrong } = await dropConnections(server, { when })
    console.log(`publishing and consuming: connection lost ${when} each of ${places} statements`)
    expect(places).toBeGreaterThan(35)
    expect(wrong).toEqual([])
  },
)

const seed = Number(process.env['WATERTIGHT_SEED'] ?? Date.now() % 1_000_000)
const random = seededRandom(seed)
const drawn = (count: number): number => 1 + Math.floor(random() * count)

// To the database a process that dies before a statement is one that dies after the one before it: Postgres is tried so.
test('a service is killed before each statement of publishing and consuming on a shared embedded database: every effect once', async () => {
  const { places, wrong } = await killServices(server, { when: 'before' })
  console.log(`publishing and consuming: killed before each of ${places} statements`)
  expect(places).toBeGreaterThan(35)
  expect(wrong).toEqual([])
})

test(`a service is killed after one in twelve statements of publishing and consuming on a shared embedded database: every effect once (WATERTIGHT_SEED=${seed})`, async () => {
  const { places, wrong } = await killServices(server, { when: 'after', first: drawn(12), oneIn: 12 })
  expect(places).toBeGreaterThan(2)
  expect(wrong).toEqual([])
})

const when = random() < 0.5 ? 'before' : 'after'
const at = drawn(40)

// To start such a database twice takes seconds, so one place is drawn.
test(`a service is killed with its embedded database ${when} statement ${at} of publishing and consuming: every effect once (WATERTIGHT_SEED=${seed})`, async () => {
  expect(await kill(folder.copy(), { at, when })).toEqual({ isStruck: true, wrong: [] })
})
