import type { Store } from '../../store/store.js'
import { insertFrom, type NewSaga } from './insert-sagas.js'
import { rowsJson, stateOf } from './rows-json.js'
import type { SagaRecord } from './saga-record.js'

// A request that came meanwhile makes the saga due at once, whoever has it, and whatever its state says.
const update = `
  update watertight.saga as saga set
    version = new.version,
    status = new.status,
    state = ${stateOf('new')},
    revision = saga.revision + 1,
    owner = case when new.kept then saga.owner end,
    waits_for = coalesce(new."waitsFor", saga.waits_for),
    due_at = case
      when cardinality(saga.requests) > new.consumed then least(now(), to_timestamp(new."dueAt" / 1000.0))
      else to_timestamp(new."dueAt" / 1000.0) end,
    requests = saga.requests[new.consumed + 1 :],
    updated_at = now(),
    ended_at = case when new.ended then coalesce(saga.ended_at, now()) end
  from json_to_recordset($1::text::json) as new (
    id text, version integer, epoch integer, revision integer, status text, state json, kept boolean, ended boolean,
    "dueAt" double precision, "waitsFor" text, consumed integer)
  where saga.id = new.id and saga.epoch = new.epoch and saga.revision = new.revision
  returning saga.id, saga.epoch`

const statement = `
  with written as (${update}), started as (${insertFrom('$2')})
  select id, epoch, false as "isStart" from written union all select id, null, true from started`

const marks = `
  select id, epoch, revision from watertight.saga where id = any($1::text[])`

export interface WrittenSagas {
  /** Those that there were not yet. */
  readonly started: ReadonlySet<string>
  /**
   * Those that were taken; of a saga that has changed hands none is. By record: a worker that has lost a saga and taken it up
   * again may write both in one statement.
   */
  readonly written: ReadonlySet<SagaRecord>
}

/** Writes new sagas, and what others have come to, in one statement: one flush of the disk for all of them. */
export async function writeSagas(
  store: Store,
  records: readonly SagaRecord[],
  starts: readonly NewSaga[],
): Promise<WrittenSagas> {
  const values = [rowsJson(records), rowsJson(starts)]
  const { rows } = await store.query<{ id: string; epoch: number | null; isStart: boolean }>(
    statement,
    values,
  )
  const started = new Set(rows.filter(({ isStart }) => isStart).map(({ id }) => id))
  const epochs = new Map(rows.filter(({ isStart }) => !isStart).map(({ id, epoch }) => [id, epoch]))
  const written = new Set(records.filter(({ id, epoch }) => epochs.get(id) === epoch))
  const missing = records.filter((record) => !written.has(record))
  if (missing.length > 0) await addWrittenBefore(store, missing, written)
  return { started, written }
}

/**
 * The answer to an earlier attempt may have been lost. Nobody else writes under this epoch, so if the revision is the next
 * one, this record is what was written.
 */
async function addWrittenBefore(
  store: Store,
  missing: readonly SagaRecord[],
  written: Set<SagaRecord>,
): Promise<void> {
  const found = await store.query<{ id: string; epoch: number; revision: number }>(marks, [
    missing.map(({ id }) => id),
  ])
  const byId = new Map(found.rows.map((row) => [row.id, row]))
  for (const record of missing) {
    const row = byId.get(record.id)
    if (row?.epoch === record.epoch && row.revision === record.revision + 1) written.add(record)
  }
}
