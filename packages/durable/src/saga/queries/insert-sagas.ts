import type { SagaState, SagaStatus } from '../decisions/saga-state.js'
import type { Transaction } from '../../store/store.js'
import { timersLane } from '../definition/step-plan-of.js'
import { headStart } from './head-start.js'
import { rowsJson, stateOf } from './rows-json.js'

export interface NewSaga {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly key: string | null
  readonly parent: string | null
  readonly status: SagaStatus
  readonly state: SagaState
  /** The worker that begins at once; null leaves it to whoever claims it. */
  readonly owner: string | null
  readonly waitsFor: string
}

/** Writes the sagas that a parameter holds as JSON, and returns the ids that there were not yet. */
export const insertFrom = (parameter: string): string => `
  insert into watertight.saga (id, name, version, key, parent, status, state, owner, waits_for, due_at, ended_at)
  select id, name, version, key, parent, status, ${stateOf('new')}, owner, "waitsFor",
    case when owner is null and status in ('running', 'compensating')
      then case when "waitsFor" = '${timersLane}' then now() else now() - ${headStart} end end,
    case when status in ('done', 'compensated') then now() end
  from json_to_recordset(${parameter}::text::json) as new (
    id text, name text, version integer, key text, parent text, status text, state json, owner uuid, "waitsFor" text)
  on conflict (id) do nothing
  returning id`

/** Writes sagas with the start of their first steps; resolves to the ids that there were not yet. */
export async function insertSagas(store: Transaction, sagas: readonly NewSaga[]): Promise<Set<string>> {
  const { rows } = await store.query(insertFrom('$1'), [rowsJson(sagas)])
  return new Set((rows as { id: string }[]).map(({ id }) => id))
}
