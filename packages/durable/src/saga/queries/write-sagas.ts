import type { Store, Transaction } from '../../store/store.js'
import { isEnded, type SagaState } from '../decisions/saga-state.js'
import { timersLane } from '../definition/step-plan-of.js'
import { headStartMs } from './head-start.js'
import type { NewSaga, SagaRecord } from './saga-record.js'

const statement = 'select watertight.write_sagas($1, $2, $3, $4, $5) as taken'

const marks = `
  select id, epoch, revision from watertight.saga where id = any($1::text[])`

interface Taken {
  readonly id: string
  /** Null of a new one. */
  readonly epoch: number | null
}

export interface WrittenSagas {
  /** Those that there were not yet. */
  readonly started: ReadonlySet<NewSaga>
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
  const taken = await write(store, records, starts)
  if (taken === null) return { started: new Set(starts), written: new Set(records) }
  // Of two with one id, the first was written.
  const startedIds = new Set(taken.filter(({ epoch }) => epoch === null).map(({ id }) => id))
  const started = new Set(starts.filter(({ id }) => startedIds.delete(id)))
  const epochs = new Map(taken.filter(({ epoch }) => epoch !== null).map(({ id, epoch }) => [id, epoch]))
  const written = new Set(records.filter(({ id, epoch }) => epochs.get(id) === epoch))
  const missing = records.filter((record) => !written.has(record))
  if (missing.length > 0) await addWrittenBefore(store, missing, written)
  return { started, written }
}

/** Writes a saga with the start of its first steps; resolves to whether there was none with its id. */
export async function insertSaga(store: Transaction, saga: NewSaga): Promise<boolean> {
  return (await write(store, [], [saga])) === null
}

/** Resolves to those that were taken; null when all were. */
async function write(
  store: Transaction,
  records: readonly SagaRecord[],
  starts: readonly NewSaga[],
): Promise<readonly Taken[] | null> {
  const { rows } = await store.query(statement, [
    JSON.stringify(records.map(recordRow)),
    stateLines(records),
    JSON.stringify(starts.map(startRow)),
    stateLines(starts),
    records.length + starts.length,
  ])
  const { taken } = rows[0] as { readonly taken: string | null }
  return taken === null ? null : (JSON.parse(taken) as Taken[])
}

/** JSON has no line breaks, unless it is set out for readers. */
const stateLines = (sagas: readonly { readonly state: SagaState }[]): string =>
  sagas.map(({ state }) => JSON.stringify(state)).join('\n')

/** `undefined` is left out of JSON. */
const recordRow = (record: SagaRecord): object => ({ ...record, state: undefined })

function startRow(saga: NewSaga): object {
  const ended = isEnded(saga.state)
  const isDue = saga.owner === null && !ended
  const dueInMs = saga.waitsFor === timersLane ? 0 : -headStartMs
  return { ...saga, state: undefined, dueInMs: isDue ? dueInMs : null, ended }
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
