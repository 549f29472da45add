import { openSagaEngine } from '../../src/saga/index.js'
import { PostgresStore } from '../../src/store/postgres/postgres-store.js'
import { type ConnectionCutter, type Cut, startConnectionCutter } from '../servers/connection-cutter.js'
import { persist } from '../servers/persist.js'
import { sagaStories } from './saga-stories.js'
import { Services } from './services.js'

const leaseMs = 300
/** As many runs at once, each by a cutter of its own: most of what a run takes is waiting. */
const LANES = 4

interface Run {
  /** How many statements it ran altogether. */
  readonly statements: number
  readonly wrong: readonly string[]
}

/** Lives through sagas of every kind while one connection is lost; what is wrong in the end. */
async function runWith(cutter: ConnectionCutter, cut: Cut): Promise<Run> {
  const services = new Services()
  const run = `${cut.when}-${cut.at}`
  const stories = sagaStories(services, run)
  const store = new PostgresStore({ url: cutter.url, connectionsMax: 3 })
  cutter.cutNext(cut)
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
    return { statements: cutter.statements, wrong: wrong.flat() }
  } finally {
    await store.close()
  }
}

/**
 * At each statement in turn, or at one in so many from the first on, until a run has come to its end before it. Resolves to
 * how many connections were lost, and what was wrong after one of them.
 */
export async function dropConnections(
  serverUrl: string,
  when: Cut['when'],
  { first = 1, oneIn = 1 }: { readonly first?: number; readonly oneIn?: number } = {},
): Promise<{ readonly lost: number; readonly wrong: readonly string[] }> {
  const wrong: string[] = []
  let lost = 0
  let next = first
  let isAtEnd = false
  const lane = async (): Promise<void> => {
    const cutter = await startConnectionCutter(serverUrl)
    while (!isAtEnd) {
      const at = next
      next += oneIn
      const run = await runWith(cutter, { at, when })
      wrong.push(...run.wrong)
      if (run.statements < at) isAtEnd = true
      else lost += 1
    }
    await cutter.close()
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return { lost, wrong }
}
