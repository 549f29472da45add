import type { Transaction } from '../../store/store.js'
import { whenDue, type SagaState, type SagaStatus } from '../decisions/saga-state.js'
import type { SagaDefinition } from '../definition/saga-definition.js'
import {
  SagaError,
  type SagaEngine,
  type SagaHandle,
  type SagaListOptions,
  type SagaOutcome,
  type SagaView,
  type StartOptions,
} from '../engine/saga-engine.js'
import { cancelRequest } from '../engine/signal-request.js'
import { outcomeOf } from '../engine/saga-waiters.js'
import type { SagaRequest } from '../queries/saga-record.js'
import { foundStatus } from './found-saga.js'
import { isSaga, type SagaWorkflows } from './saga-workflows.js'
import { jsonBytes, tooLarge, VALUE_BYTES_MAX } from './state-bytes-max.js'

const LOOK_MS = 500

/** What runs beside the engine, and is ended with it. */
export interface Running {
  close(): Promise<void>
}

/** Sagas on a Temporal server: each is a workflow of its id, whose type is the name of the saga. */
export class TemporalSagaEngine implements SagaEngine {
  readonly #workflows: SagaWorkflows
  readonly #running: Running
  #isClosed = false

  constructor(workflows: SagaWorkflows, running: Running) {
    this.#workflows = workflows
    this.#running = running
  }

  async start<Input, Results>(
    definition: SagaDefinition<Input, Results>,
    options: StartOptions<Input>,
  ): Promise<SagaHandle<Results>> {
    this.#checkOpen('start a saga')
    const { id } = options
    const isNew = await this.#workflows.start(definition, options)
    return {
      id,
      isNew,
      outcome: async (wait) => (await this.#outcome(id, wait?.signal)) as SagaOutcome<Results>,
    }
  }

  /** @throws {Error} always: Temporal takes part in no transaction of a database */
  startIn<Input, Results>(
    _transaction: Transaction,
    definition: SagaDefinition<Input, Results>,
  ): Promise<SagaHandle<Results>> {
    return Promise.reject(
      new Error(
        `cannot start saga ${definition.name} in a transaction: its engine must be on the same database, got Temporal; ` +
          'publish an event in the transaction, and start the saga where that is consumed',
      ),
    )
  }

  async signal(id: string, name: string, payload: unknown = null): Promise<void> {
    const request = await this.#workflows.signalled(id, name, payload)
    const bytes = jsonBytes(payload)
    if (bytes > VALUE_BYTES_MAX)
      throw new SagaError(
        'WT_SAGA_INPUT',
        `cannot signal ${name} to saga ${id}: ${tooLarge('its payload', bytes, VALUE_BYTES_MAX)}`,
      )
    await this.#request('signal', id, request)
  }

  async cancel(id: string, reason?: string): Promise<void> {
    await this.#request('cancel', id, cancelRequest(reason))
  }

  async retryNow(id: string): Promise<void> {
    await this.#request('retry', id, { type: 'retried' })
  }

  async resume(id: string): Promise<void> {
    this.#checkOpen('resume a saga')
    if (await this.#workflows.goOn(id)) return
    await this.#request('resume', id, { type: 'resumed' })
  }

  async find(id: string): Promise<SagaView | undefined> {
    const found = await this.#workflows.find(id)
    if (found === undefined) return undefined
    const { description, state } = found
    const dueAt = whenDue(state)
    const { name, key, parent } = (description.memo ?? {}) as Record<string, string | undefined>
    return {
      id,
      name: name ?? '',
      version: found.version,
      key,
      parent,
      status: foundStatus(found),
      state,
      timeline: state.timeline,
      createdAt: description.startTime,
      updatedAt: new Date(state.timeline.at(-1)?.at ?? description.startTime),
      dueAt: dueAt === undefined ? undefined : new Date(dueAt),
    }
  }

  /** Of what Temporal's index holds, which is some moments behind; the newest first. */
  async list(query: SagaListOptions = {}): Promise<SagaView[]> {
    const { after, limit = 100 } = query
    const views: SagaView[] = []
    let isBehind = after !== undefined
    const seen = new Set<string>()
    for await (const { workflowId, memo = {} } of this.#workflows.list(query)) {
      // One that has gone on in another run is there twice.
      if (!isSaga(memo) || seen.has(workflowId)) continue
      seen.add(workflowId)
      const isWanted = !isBehind && matches(query, memo)
      if (workflowId === after) isBehind = false
      const view = isWanted ? await this.find(workflowId) : undefined
      if (view !== undefined && query.status === (query.status === undefined ? undefined : view.status))
        views.push(view)
      if (views.length >= Math.min(limit, 1_000)) break
    }
    return views
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#running.close()
  }

  #checkOpen(action: string): void {
    if (this.#isClosed) throw new SagaError('WT_SAGA_CLOSED', `cannot ${action}: the engine is closed`)
  }

  async #request(action: string, id: string, request: SagaRequest): Promise<void> {
    this.#checkOpen(`${action} a saga`)
    const told = await this.#workflows.request(id, request)
    if (told === 'unknown')
      throw new SagaError('WT_SAGA_UNKNOWN', `cannot ${action} saga ${id}: there is none with this id`)
    if (told === 'ended') throw new SagaError('WT_SAGA_ENDED', `cannot ${action} saga ${id}: it has ended`)
  }

  /** Temporal tells when a workflow ends; one that is parked has not ended, and is found by looking. */
  async #outcome(id: string, signal: AbortSignal | undefined): Promise<SagaOutcome> {
    let isOver = false
    const ended = this.#workflows.result(id).finally(() => (isOver = true))
    const parked = async (): Promise<SagaState> => {
      for (;;) {
        await new Promise<void>((resolve) => setTimeout(resolve, LOOK_MS).unref())
        if (isOver) return await ended
        this.#checkOpen('wait for a saga')
        signal?.throwIfAborted()
        const found = await this.#workflows.find(id).catch(() => undefined)
        if (found !== undefined && outcomeOf(found.state) !== undefined) return found.state
      }
    }
    const outcome = outcomeOf(await Promise.race([ended, parked()]))
    if (outcome === undefined)
      throw new Error(`cannot read how saga ${id} ended: its workflow was ended from outside`)
    return outcome
  }
}

function matches({ key, status }: SagaListOptions, memo: Readonly<Record<string, unknown>>): boolean {
  if (key !== undefined && memo['key'] !== key) return false
  return status === undefined || status === 'ended-outside' || (memo['status'] as SagaStatus) === status
}
