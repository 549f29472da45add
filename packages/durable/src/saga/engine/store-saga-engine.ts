import type { Transaction } from '../../store/store.js'
import type { SagaState, SagaStatus } from '../decisions/saga-state.js'
import type { SagaDefinition } from '../definition/saga-definition.js'
import { findSaga, type FoundRow } from '../queries/find-saga.js'
import { listSagas } from '../queries/list-sagas.js'
import { requestsChannel, requestSaga } from '../queries/request-saga.js'
import type { SagaRequest } from '../queries/saga-record.js'
import type { SagaEngineOptions } from './saga-engine-options.js'
import {
  SagaError,
  type SagaEngine,
  type SagaHandle,
  type SagaListOptions,
  type SagaOutcome,
  type SagaView,
  type StartOptions,
} from './saga-engine.js'
import { isPassingError } from './is-passing-error.js'
import { cancelRequest, signalRequest } from './signal-request.js'
import { SagaHost } from './saga-host.js'
import { SagaRegistry } from './saga-registry.js'
import { SagaStarter } from './saga-starter.js'
import { outcomeOf, SagaWaiters } from './saga-waiters.js'
import { SagaWriter } from './saga-writer.js'
import { StepAsker } from './step-asker.js'

/** Sagas on a store. */
export class StoreSagaEngine implements SagaEngine {
  readonly #options: Required<SagaEngineOptions>
  readonly #registry: SagaRegistry
  readonly #host: SagaHost
  readonly #starter: SagaStarter
  readonly #waiters = new SagaWaiters()
  #stopListening: () => Promise<void> = async () => {}
  #isClosed = false

  constructor(options: Required<SagaEngineOptions>) {
    this.#options = options
    const { store, sagas, clock } = options
    const registry = new SagaRegistry(sagas)
    this.#registry = registry
    const writer = new SagaWriter(store)
    const asker = new StepAsker(
      clock,
      {
        find: async (id) => {
          const row = await findSaga(store, id)
          return row && { parent: row.parent ?? undefined, state: JSON.parse(row.state) as SagaState }
        },
        start: (child, id, input, parent) => this.#starter.start(child, { id, input }, parent),
        undo: async (child, id, parent) => {
          await this.#starter.prevent(child, id, parent)
          const state = await this.#stateOf(id)
          if (state.status === 'running' || state.status === 'done')
            await requestSaga(store, id, { type: 'cancelled', evenWhenDone: true })
          return state
        },
      },
      options.tracing,
    )
    this.#host = new SagaHost({
      ...options,
      registry,
      writer,
      ask: (run, command, stop) => asker.ask(run, command, stop),
      onWritten: ({ id, state }) => this.#waiters.tell(id, state),
    })
    this.#starter = new SagaStarter({ ...options, registry, writer, host: this.#host })
  }

  async open(): Promise<void> {
    if (!this.#options.works) return await this.#host.learnTime()
    await this.#host.open()
    this.#stopListening = await this.#options.store.listen(requestsChannel, () => this.#host.hint())
  }

  async start<Input, Results>(
    definition: SagaDefinition<Input, Results>,
    options: StartOptions<Input>,
  ): Promise<SagaHandle<Results>> {
    this.#checkOpen('start a saga')
    const isNew = await this.#starter.start(definition, options)
    return this.#handle(options.id, isNew)
  }

  async startIn<Input, Results>(
    transaction: Transaction,
    definition: SagaDefinition<Input, Results>,
    options: StartOptions<Input>,
  ): Promise<SagaHandle<Results>> {
    this.#checkOpen('start a saga')
    const isNew = await this.#starter.startIn(transaction, definition, options)
    return this.#handle(options.id, isNew)
  }

  async signal(id: string, name: string, payload: unknown = null): Promise<void> {
    const row = await findSaga(this.#options.store, id)
    const found = row && { ...row, state: JSON.parse(row.state) as SagaState }
    await this.#request(
      'signal',
      id,
      await signalRequest(this.#registry, { id, signal: name, payload }, found),
    )
  }

  async cancel(id: string, reason?: string): Promise<void> {
    await this.#request('cancel', id, cancelRequest(reason))
  }

  async retryNow(id: string): Promise<void> {
    await this.#request('retry', id, { type: 'retried' })
  }

  async resume(id: string): Promise<void> {
    await this.#request('resume', id, { type: 'resumed' })
  }

  async find(id: string): Promise<SagaView | undefined> {
    const row = await findSaga(this.#options.store, id)
    return row === undefined ? undefined : viewOf(row)
  }

  async list(query: SagaListOptions = {}): Promise<SagaView[]> {
    return (await listSagas(this.#options.store, query)).map(viewOf)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#stopListening()
    if (this.#options.works) await this.#host.close()
  }

  #checkOpen(action: string): void {
    if (this.#isClosed) throw new SagaError('WT_SAGA_CLOSED', `cannot ${action}: the engine is closed`)
  }

  async #request(action: string, id: string, request: SagaRequest): Promise<void> {
    const told = await requestSaga(this.#options.store, id, request)
    if (told === undefined)
      throw new SagaError('WT_SAGA_UNKNOWN', `cannot ${action} saga ${id}: there is none with this id`)
    if (!told.told && (told.status === 'done' || told.status === 'compensated')) {
      throw new SagaError('WT_SAGA_ENDED', `cannot ${action} saga ${id}: it has ended as ${told.status}`)
    }
    if (!told.told) {
      throw new SagaError(
        'WT_SAGA_FULL',
        `cannot ${action} saga ${id}: ${told.waiting} requests wait to be taken in`,
      )
    }
    if (this.#options.works) this.#host.hint()
  }

  async #stateOf(id: string): Promise<SagaState> {
    const row = await findSaga(this.#options.store, id)
    if (row === undefined)
      throw new SagaError('WT_SAGA_UNKNOWN', `cannot read saga ${id}: there is none with this id`)
    return JSON.parse(row.state) as SagaState
  }

  /** Who waits for the end of a saga need not hear that the store could not be reached for a while. */
  async #storedOutcome(id: string): Promise<SagaOutcome | undefined> {
    try {
      return outcomeOf(await this.#stateOf(id))
    } catch (error) {
      if (error instanceof SagaError || !isPassingError(error)) throw error
      this.#options.onTrouble(error, id)
      return undefined
    }
  }

  #handle<Results>(id: string, isNew: boolean): SagaHandle<Results> {
    return {
      id,
      isNew,
      outcome: async ({ signal } = {}) => (await this.#outcome(id, isNew, signal)) as SagaOutcome<Results>,
    }
  }

  /** Told at once when the saga ends here; found by looking when it ends elsewhere. */
  async #outcome(id: string, isNew: boolean, signal: AbortSignal | undefined): Promise<SagaOutcome> {
    const { clock, pollMs } = this.#options
    let stopWaiting = (): void => {}
    const told = new Promise<SagaOutcome>((resolve) => {
      stopWaiting = this.#waiters.add(id, resolve)
    })
    // One that was started in a transaction of the caller may be there by now, and is looked for at once.
    if (this.#options.works && !this.#host.has(id)) this.#host.hint()
    try {
      for (let look = isNew ? 0 : 1; ; look += 1) {
        // One that has only just been started is not looked for: it is told of sooner.
        if (look > 0 && !this.#host.has(id)) {
          const outcome = await this.#storedOutcome(id)
          if (outcome !== undefined) return outcome
        }
        this.#checkOpen('wait for a saga')
        signal?.throwIfAborted()
        let stopTimer = (): void => {}
        const pause = new Promise<undefined>((resolve) => {
          const timer = clock.setTimer(pollMs, () => resolve(undefined), true)
          stopTimer = () => timer.cancel()
        })
        const outcome = await Promise.race([told, pause])
        stopTimer()
        if (outcome !== undefined) return outcome
      }
    } finally {
      stopWaiting()
    }
  }
}

function viewOf(row: FoundRow): SagaView {
  const state = JSON.parse(row.state) as SagaState
  return {
    id: row.id,
    name: row.name,
    version: row.version,
    key: row.key ?? undefined,
    parent: row.parent ?? undefined,
    status: row.status as SagaStatus,
    state,
    timeline: state.timeline,
    createdAt: new Date(row.createdAt),
    updatedAt: new Date(row.updatedAt),
    dueAt: row.dueAt === null ? undefined : new Date(row.dueAt),
  }
}
