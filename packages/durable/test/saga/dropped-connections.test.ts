import { seededRandom } from '@watertight/policy/testing'
import { expect, test } from 'vitest'
import { migrate } from '../../src/migrations/migrate.js'
import { openStore } from '../../src/store/open-store.js'
import { servePGlite } from '../../src/store/pglite/server/serve-pglite.js'
import { dropConnections } from './drop-connections.js'

const seed = Number(process.env['WATERTIGHT_SEED'] ?? Date.now() % 1_000_000)
const random = seededRandom(seed)
const when = random() < 0.5 ? 'before' : 'after'
const first = 1 + Math.floor(random() * 20)

test(`a connection is lost ${when} a statement of sagas, here and there: all done or all undone (WATERTIGHT_SEED=${seed})`, async () => {
  const server = await servePGlite()
  const store = openStore(server.url)
  await migrate(store)
  await store.close()
  const { places, wrong } = await dropConnections(server.url, when, { first, oneIn: 40 })
  await server.close()
  expect(places).toBeGreaterThan(0)
  expect(wrong).toEqual([])
}, 150_000)
