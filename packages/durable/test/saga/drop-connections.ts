import { openSagaEngine } from '../../src/saga/index.js'
import { PostgresStore } from '../../src/store/postgres/postgres-store.js'
import type { Struck } from '../servers/at-each.js'
import { dropEverywhere, type Dropping } from '../servers/drop-everywhere.js'
import { persist } from '../servers/persist.mjs'
import { sagaStories } from './saga-stories.js'
import { Services } from './services.js'

const leaseMs = 300

/** Lives through sagas of every kind while one connection is lost; what is wrong in the end. */
async function live(url: string, run: string): Promise<readonly string[]> {
  const services = new Services()
  const stories = sagaStories(services, run)
  const store = new PostgresStore({ url, connectionsMax: 3 })
  try {
    const sagas = stories.map(({ definition }) => definition)
    const engine = await persist(() => openSagaEngine({ store, sagas, leaseMs, pollMs: 40 }))
    const wrong = await Promise.all(
      stories.map(async ({ definition, status, standing }) => {
        const id = definition.name
        const { outcome } = await persist(() => engine.start(definition, { id, input: null }))
        const { status: ended } = await outcome()
        const left = services.standing(id).toSorted().join()
        const expected = standing.map((step) => `${id}.${step}`).toSorted()
        return ended === status && left === expected.join()
          ? []
          : [`${id} ended as ${ended} and left ${left}`]
      }),
    )
    await engine.close()
    return wrong.flat()
  } finally {
    await store.close()
  }
}

/** A connection is lost at each statement of sagas in turn, or at some of them. */
export async function dropConnections(
  serverUrl: string,
  when: Dropping['when'],
  sample: Pick<Dropping, 'first' | 'oneIn'> = {},
): Promise<Struck> {
  return await dropEverywhere(serverUrl, { when, live, ...sample })
}
