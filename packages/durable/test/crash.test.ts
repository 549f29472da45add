import { seededRandom } from '@watertight/policy/testing'
import { expect, onTestFinished, test } from 'vitest'
import { migrate } from '../src/migrations/migrate.js'
import { openStore } from '../src/store/open-store.js'
import { servePGlite } from '../src/store/pglite/server/serve-pglite.js'
import { dropConnections, kill, prepareEffects } from './crash/kill-services.js'

const seed = Number(process.env['WATERTIGHT_SEED'] ?? Date.now() % 1_000_000)
const random = seededRandom(seed)
const drawn = (count: number): number => 1 + Math.floor(random() * count)
const [one, other] = random() < 0.5 ? (['before', 'after'] as const) : (['after', 'before'] as const)
/** Publishing and consuming are some forty statements. */
const killedAt = { [one]: drawn(6), [other]: 6 + drawn(34) }

test(`a service is killed ${one} statement ${killedAt[one]} and ${other} statement ${killedAt[other]} of publishing and consuming, and loses connections ${one} some: every effect once (WATERTIGHT_SEED=${seed})`, async () => {
  const server = await servePGlite()
  onTestFinished(() => server.close())
  const store = openStore(server.url)
  await migrate(store)
  await prepareEffects(store)
  await store.close()
  for (const when of [one, other]) {
    expect(await kill(server, { at: killedAt[when]!, when })).toEqual({ isStruck: true, wrong: [] })
  }
  const { places, wrong } = await dropConnections(server, { when: one, first: drawn(10), oneIn: 12 })
  expect(places).toBeGreaterThan(1)
  expect(wrong).toEqual([])
}, 150_000)
