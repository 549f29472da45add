import type { SagaState } from '../decisions/saga-state.js'

/** A zero, and halves of characters, which JSON may hold and no text of the database. */
const noText = /\\u(?:0000|d[89a-f])/

/**
 * Rows for a statement that reads them with `json_to_recordset`, which turns every text in them into one of the database. States that
 * hold what that refuses go as a text that holds their JSON; {@link stateOf} takes either.
 */
export function rowsJson(rows: readonly { readonly state: SagaState }[]): string {
  const json = JSON.stringify(rows)
  if (!noText.test(json)) return json
  return JSON.stringify(rows.map((row) => ({ ...row, state: JSON.stringify(row.state) })))
}

/** SQL: the state of a row. */
export const stateOf = (row: string): string =>
  `case when json_typeof(${row}.state) = 'string' then (${row}.state #>> '{}')::json else ${row}.state end`
