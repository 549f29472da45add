import { constant } from '@watertight/policy'
import { openSagaEngine, saga, type SagaDefinition, StepRefusal } from '../../src/saga/index.js'
import { PostgresStore } from '../../src/store/postgres/postgres-store.js'
import { type ConnectionCutter, type Cut, startConnectionCutter } from '../servers/connection-cutter.js'
import { persist } from '../servers/persist.js'
import { Services } from './services.js'

const leaseMs = 300
const retry = { attempts: 3, backoff: constant({ ms: 1 }) }

interface Story {
  readonly definition: SagaDefinition
  /** How it ends, and what stands then, wherever a connection was lost on the way. */
  readonly status: string
  readonly standing: readonly string[]
}

/** A refusal at the end, with a timer and a step that may be left out on the way; a doubt whose undoing fails at first; a child. */
function storiesOf(services: Services, run: string): readonly Story[] {
  const step = {
    run: ({ key }: { key: string }) => services.do(key),
    compensate: ({ stepKey }: { stepKey: string }) => services.undo(stepKey),
    retry,
  }
  let failuresLeft = 1
  const refused = saga(`refused-${run}`)
    .step('reserve', step)
    .sleep('pause', '5ms')
    .parallel('both', { charge: step, mail: { ...step, optional: true } })
    .step('ship', {
      run: () => {
        throw new StepRefusal('no-address')
      },
      effect: 'none',
      refusals: ['no-address'],
    })
    .build()
  const doubted = saga(`doubted-${run}`)
    .step('reserve', {
      ...step,
      compensate: ({ stepKey }) => {
        if (failuresLeft-- > 0) throw new Error('not yet')
        services.undo(stepKey)
      },
      compensation: { retry },
    })
    .step('charge', {
      ...step,
      run: ({ key }) => {
        services.do(key)
        throw new Error('the answer was lost')
      },
    })
    .build()
  const parcel = saga(`parcel-${run}`).step('pack', step).step('send', step).build()
  const whole = saga(`whole-${run}`)
    .step('reserve', step)
    .child('parcel', { saga: parcel, input: () => null })
    .step('ship', { run: step.run, retry })
    .build()
  const stories = [
    { definition: refused, status: 'compensated', standing: [] },
    { definition: doubted, status: 'compensated', standing: [] },
    { definition: whole, status: 'done', standing: ['reserve', 'parcel.pack', 'parcel.send', 'ship'] },
  ]
  return stories
}

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
  const stories = storiesOf(services, run)
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
