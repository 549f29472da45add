import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from '../../store/store.js'
import type { NewSaga, SagaRecord } from '../queries/saga-record.js'
import { writeSagas } from '../queries/write-sagas.js'
import { GroupCommit } from './group-commit.js'
import { SagaError } from './saga-engine.js'
import { isPassingError } from './is-passing-error.js'

/** Statements under way at once: one is flushed while the next is collected and a third is on its way. */
const statementsMax = 3
const itemsMax = 500

type Item = { readonly start: NewSaga } | { readonly record: SagaRecord }

/** Writes what all sagas of a worker come to, and those that begin, many in a statement. */
export class SagaWriter {
  readonly #group: GroupCommit<Item, boolean>

  constructor(store: Store) {
    this.#group = new GroupCommit<Item, boolean>({
      isPassing: isPassingError,
      pause: async (ms) => {
        await sleep(ms, undefined, { ref: false })
      },
      statementsMax,
      itemsMax,
      send: (items) => send(store, items),
    })
  }

  /**
   * Whether there was none with this id.
   *
   * @throws {SagaError} `WT_SAGA_DEADLINE` when the store has not taken it in time
   */
  async insert(start: NewSaga, deadlineMs: number): Promise<boolean> {
    const item = { start }
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#group.withdraw(item)
        reject(lateStart(start, deadlineMs))
      }, deadlineMs).unref()
    })
    try {
      return await Promise.race([this.#group.submit(item), late])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Whether the saga was still this worker's. */
  async write(record: SagaRecord): Promise<boolean> {
    return await this.#group.submit({ record })
  }
}

const lateStart = ({ id, name }: NewSaga, deadlineMs: number): SagaError =>
  new SagaError(
    'WT_SAGA_DEADLINE',
    `cannot start saga ${name}: the store has not taken ${id} within ${deadlineMs} ms, but may yet; start it again under the same id`,
  )

async function send(store: Store, items: readonly Item[]): Promise<boolean[]> {
  const records = items.flatMap((item) => ('record' in item ? [item.record] : []))
  const starts = items.flatMap((item) => ('start' in item ? [item.start] : []))
  const { started, written } = await writeSagas(store, records, starts)
  return items.map((item) => ('start' in item ? started.has(item.start) : written.has(item.record)))
}
