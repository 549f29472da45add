import { openSagaEngine, openStore, saga, type SagaDefinition, type SagaOutcome } from '@watertight/durable'
import { expect } from 'vitest'

/** What the sagas below are told by commands, and what comes of each once a service runs it. */
interface Steered {
  readonly sagas: readonly SagaDefinition[]
  /** The service that they wait for is back. */
  readonly mend: () => void
}

function steered(): Steered {
  let isAway = true
  const ask = (): null => {
    if (isAway) throw new Error('no answer')
    return null
  }
  const once = { attempts: 1 }
  const hourly = { delayMs: () => 3_600_000 }
  return {
    sagas: [
      saga('settle').signal('paid').build(),
      saga('charge')
        .step('charge', { run: ask, compensate: () => {}, retry: { attempts: 5, backoff: hourly } })
        .build(),
      saga('refund')
        .step('charge', { run: ask, compensate: ask, retry: once, compensation: { retry: once } })
        .build(),
    ],
    mend: () => {
      isAway = false
    },
  }
}

/** One waits for a signal, one for its next try in an hour, and one is parked. */
export async function leaveSagas(url: string): Promise<void> {
  const store = openStore(url)
  const { sagas } = steered()
  const [settle, charge, refund] = sagas as [SagaDefinition, SagaDefinition, SagaDefinition]
  const engine = await openSagaEngine({ store, sagas })
  await engine.start(settle, { id: 'waits', input: null })
  await engine.start(charge, { id: 'tries-later', input: null })
  const parked = await engine.start(refund, { id: 'parked', input: null })
  expect(await parked.outcome()).toMatchObject({ status: 'compensation-failed' })
  const charging = async (): Promise<string | undefined> =>
    (await engine.find('tries-later'))?.state.steps['charge']?.status
  await expect.poll(charging, { timeout: 20_000 }).toBe('waiting')
  await engine.close()
  await store.close()
}

/** Runs the service of the sagas, whose dependency is back, until those that were steered have ended. */
export async function endSagas(url: string): Promise<readonly SagaOutcome[]> {
  const store = openStore(url)
  const { sagas, mend } = steered()
  mend()
  const engine = await openSagaEngine({ store, sagas, pollMs: 20 })
  const ids = ['waits', 'tries-later', 'parked']
  const handles = ids.map((id, index) => engine.start(sagas[index]!, { id, input: null }))
  const ended = async (): Promise<unknown> => {
    const found = await Promise.all(ids.map((id) => engine.find(id)))
    return found.map((one) => one?.status)
  }
  await expect.poll(ended, { timeout: 20_000 }).toEqual(['compensated', 'done', 'compensated'])
  const outcomes = await Promise.all(handles.map(async (handle) => await (await handle).outcome()))
  await engine.close()
  await store.close()
  return outcomes
}
