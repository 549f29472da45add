import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from '../../store/store.js'
import { insertSagas, type NewSaga } from '../queries/insert-sagas.js'
import type { SagaRecord } from '../queries/saga-record.js'
import { writeSagas } from '../queries/write-sagas.js'
import { GroupCommit } from './group-commit.js'
import { isPassingError } from './is-passing-error.js'

/** Statements under way at once: one is flushed while the next is collected and a third is on its way. */
const statementsMax = 3
const itemsMax = 500

/** Writes what all sagas of a worker come to, many in a statement. */
export class SagaWriter {
  readonly #inserts: GroupCommit<NewSaga, boolean>
  readonly #writes: GroupCommit<SagaRecord, boolean>

  constructor(store: Store) {
    const pause = async (ms: number): Promise<void> => {
      await sleep(ms, undefined, { ref: false })
    }
    const shared = { isPassing: isPassingError, pause, statementsMax, itemsMax }
    this.#inserts = new GroupCommit<NewSaga, boolean>({
      ...shared,
      send: async (items) => {
        const inserted = await insertSagas(store, items)
        return items.map(({ id }) => inserted.has(id))
      },
    })
    this.#writes = new GroupCommit<SagaRecord, boolean>({
      ...shared,
      send: async (items) => {
        const written = await writeSagas(store, items)
        return items.map(({ id }) => written.has(id))
      },
    })
  }

  /** Whether there was none with this id. */
  async insert(saga: NewSaga): Promise<boolean> {
    return await this.#inserts.submit(saga)
  }

  /** Whether the saga was still this worker's. */
  async write(record: SagaRecord): Promise<boolean> {
    return await this.#writes.submit(record)
  }
}
