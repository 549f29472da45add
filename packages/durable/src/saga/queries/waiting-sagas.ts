import type { Store } from '../../store/store.js'
import { timersLane } from '../definition/step-plan-of.js'

const DEPENDENCIES_MAX = 100

const text = `
  select waits_for as dependency, count(*)::integer as sagas from watertight.saga
  where status = 'running' and owner is null and ended_at is null and waits_for <> $1
  group by waits_for order by sagas desc, dependency limit ${DEPENDENCIES_MAX}`

/** Sagas that would go forward, and wait for the next try of a step, or for room to ask it. */
export interface WaitingSagas {
  /** What their step waits for: its `dependency`. */
  readonly dependency: string
  readonly sagas: number
}

/**
 * How many sagas of a store wait, and for what; most first, at most 100 dependencies. Those that wait for time, for a signal, or to
 * be undone are left out.
 *
 * @throws {StoreError} when the database does not answer
 * @example
 * const store = openStore('pglite:memory')
 * await migrate(store)
 * for (const { dependency, sagas } of await waitingSagas(store)) console.log(`${sagas} wait for ${dependency}`)
 * await store.close()
 */
export async function waitingSagas(store: Store): Promise<WaitingSagas[]> {
  const { rows } = await store.query<WaitingSagas>(text, [timersLane])
  return [...rows]
}
