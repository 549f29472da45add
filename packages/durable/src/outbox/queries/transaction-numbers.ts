// The cast fails in a database that was restored elsewhere and has not been adopted there: an error, where a number that
// means nothing here would have events skipped in silence. Aggregates, so that it fails where the row is missing too.
const shift = `(
    select case when max(origin.xmin::text::bigint) = max(origin.written_by) & 4294967295 then max(origin.shift)
      else ('restored after ' || coalesce(max(origin.written_by)::text, 'nothing'))::bigint end
    from watertight.outbox_origin as origin)`

/** SQL: the numbers under which transactions stand in the log. */
export const transactionNumbers: { readonly current: string; readonly horizon: string } = {
  /** Of this transaction. */
  current: `(pg_current_xact_id()::text::bigint + ${shift})`,
  /** Of the oldest that still runs: all that those below it have published is there to be read. */
  horizon: `(pg_snapshot_xmin(pg_current_snapshot())::text::bigint + ${shift})`,
}

/** What the function that writes a plain event refuses with; no other statement does. */
const NO_DATA_FOUND = 'P0002'
const INVALID_TEXT = '22P02'

/** Whether a statement was refused because the database was restored from a dump and not adopted yet. */
export function isRestored(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  if (typeof message !== 'string') return false
  return code === NO_DATA_FOUND || (code === INVALID_TEXT && message.includes('"restored after '))
}
