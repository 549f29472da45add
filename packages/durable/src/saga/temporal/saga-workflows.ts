import type { Tracing } from '@watertight/telemetry'
import { begin } from '../decisions/evolve.js'
import type { SagaState } from '../decisions/saga-state.js'
import type { SagaDefinition } from '../definition/saga-definition.js'
import { storedValue } from '../definition/standard-schema.js'
import { beginTraced } from '../engine/begin-traced.js'
import { SagaError, type SagaListOptions, type StartOptions } from '../engine/saga-engine.js'
import type { SagaRegistry } from '../engine/saga-registry.js'
import { signalRequest } from '../engine/signal-request.js'
import { checkStart, checkText } from '../engine/saga-starter.js'
import type { SagaRequest } from '../queries/saga-record.js'
import { endedOutsideQuery, isEndedOutside, type FoundSaga } from './found-saga.js'
import { jsonBytes, stateBytesMax, tooLarge } from './state-bytes-max.js'
import type { NextTurn, SagaStart } from './turn.js'
import type { WorkflowClient, WorkflowDescription } from './temporal-sdk.js'

/** So many states of 500,000 bytes fit into an answer of 4 MiB; one that is larger is asked for again and again, for minutes. */
const PAGE = 7

/** The workflows of sagas, as a client of Temporal sees them. */
export class SagaWorkflows {
  readonly #client: WorkflowClient
  readonly #registry: SagaRegistry
  readonly #taskQueue: string
  readonly #tracing: Tracing | undefined

  constructor(
    client: WorkflowClient,
    registry: SagaRegistry,
    { taskQueue, tracing }: { readonly taskQueue: string; readonly tracing: Tracing | undefined },
  ) {
    this.#client = client
    this.#registry = registry
    this.#taskQueue = taskQueue
    this.#tracing = tracing
  }

  /** Resolves to whether there was none with this id. */
  async start(definition: SagaDefinition, options: StartOptions<unknown>, parent?: string): Promise<boolean> {
    checkStart(definition, options)
    const { id, key = '' } = options
    const { name } = definition
    if (!this.#registry.has(definition))
      throw new Error(`cannot start saga ${name}: it must be among the sagas of its engine`)
    checkText('id', id, parent === undefined ? 128 : 900)
    if (key !== '') checkText('key', key, 256)
    const stored = await storedValue(definition.input, options.input)
    if (!('value' in stored))
      throw new SagaError(
        'WT_SAGA_INPUT',
        `cannot start saga ${name}: its input is not valid: ${stored.message}`,
      )
    const beginning = { input: stored.value, at: Date.now(), tracing: this.#tracing }
    const state = beginTraced(definition.plan, beginning)
    const bytes = jsonBytes(state)
    const bytesMax = stateBytesMax(definition.plan)
    if (bytes > bytesMax)
      throw new SagaError(
        'WT_SAGA_INPUT',
        `cannot start saga ${name}: ${tooLarge('its input', bytes, bytesMax)}`,
      )
    if (await this.#begin(definition, id, { parent, key, state, isNew: true })) return true
    const found = await this.find(id)
    const isSame =
      found === undefined ||
      (found.description.memo?.['name'] === name &&
        JSON.stringify(found.state.input) === JSON.stringify(state.input))
    if (isSame) return false
    const before = found.description.memo?.['name'] === name ? 'another input' : 'another saga'
    throw new SagaError(
      'WT_SAGA_CONFLICT',
      `cannot start saga ${name}: id ${id} was given to ${before} before`,
    )
  }

  /** Undoes a child, and sees to it that one that was not begun never is. Resolves to its state. */
  async undo(definition: SagaDefinition, id: string, parent: string): Promise<SagaState> {
    const begun = begin(definition.plan, null, Date.now())
    const never: SagaState = { ...begun, status: 'compensated', steps: {} }
    await this.#begin(definition, id, { parent, key: '', state: never })
    const found = await this.find(id)
    const state = found?.state ?? never
    const request: SagaRequest = { type: 'cancelled', evenWhenDone: true }
    const isOver = state.status === 'done' || (found !== undefined && isEndedOutside(found))
    // Its workflow has ended: another run of it goes on from there.
    if (isOver) {
      const events = [{ ...request, at: Date.now() }]
      await this.#begin(definition, id, { parent, key: '', state, events })
    } else if (state.status === 'running') await this.request(id, request)
    return state
  }

  /** Has another run of a workflow go on where somebody had ended it. Resolves to whether it was ended so. */
  async goOn(id: string): Promise<boolean> {
    const found = await this.find(id)
    if (found === undefined || !isEndedOutside(found)) return false
    const { description, version, state } = found
    const { name = '', key = '', parent } = (description.memo ?? {}) as Record<string, string | undefined>
    const events = [{ type: 'resumed', at: Date.now() } as const]
    return await this.#begin({ name, version }, id, { parent, key, state, events })
  }

  /** A signal as the workflow is to be told it. */
  async signalled(id: string, signal: string, payload: unknown): Promise<SagaRequest> {
    const found = await this.find(id)
    const name = found?.description.memo?.['name'] as string
    return await signalRequest(this.#registry, { id, signal, payload }, found && { ...found, name })
  }

  async request(id: string, request: SagaRequest): Promise<'told' | 'unknown' | 'ended'> {
    try {
      await this.#client.getHandle(id).signal('request', request)
      return 'told'
    } catch (error) {
      if (!isNotFound(error)) throw error
      return (await this.#describe(id)) === undefined ? 'unknown' : 'ended'
    }
  }

  async find(id: string): Promise<FoundSaga | undefined> {
    const description = await this.#describe(id)
    if (description === undefined) return undefined
    const { version, state } =
      description.status.name === 'COMPLETED' ? await this.#lastTurn(id) : turnIn(description)
    return { description, version, state }
  }

  async result(id: string): Promise<SagaState> {
    return (await this.#lastTurn(id)).state
  }

  list({ name, status }: SagaListOptions): AsyncIterable<WorkflowDescription> {
    const conditions = [`TaskQueue = '${this.#taskQueue}'`]
    if (name !== undefined) conditions.push(`WorkflowType = '${name}'`)
    if (status === 'ended-outside') conditions.push(endedOutsideQuery)
    return this.#client.list({ query: conditions.join(' AND '), pageSize: PAGE })
  }

  async #lastTurn(id: string): Promise<NextTurn> {
    try {
      return (await this.#client.getHandle(id).result()) as NextTurn
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'WorkflowFailedError') throw error
      throw new SagaError(
        'WT_SAGA_ENDED_OUTSIDE',
        `cannot read how saga ${id} ended: its workflow was ended from outside, where it stood; resume takes it up there`,
        { cause: error },
      )
    }
  }

  async #describe(id: string): Promise<WorkflowDescription | undefined> {
    try {
      return await this.#client.getHandle(id).describe()
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }

  /** Resolves to false when there was one with this id; of one that goes on from events, a run that has ended is none. */
  async #begin(
    { name, version }: Pick<SagaDefinition, 'name' | 'version'>,
    id: string,
    given: Pick<SagaStart, 'parent' | 'state' | 'isNew'> & {
      readonly key: string
      readonly events?: SagaStart['events']
    },
  ): Promise<boolean> {
    const { parent, key, state, events = [], isNew = false } = given
    const start: SagaStart = { sagaId: id, name, version, parent, state, events, isNew }
    const memo = {
      name,
      version,
      status: state.status,
      turn: { version, state },
      ...(key !== '' && { key }),
      ...(parent !== undefined && { parent }),
    }
    try {
      await this.#client.start(name, {
        workflowId: id,
        taskQueue: this.#taskQueue,
        args: [start],
        memo,
        workflowIdReusePolicy: events.length > 0 ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE',
      })
      return true
    } catch (error) {
      if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError') return false
      throw error
    }
  }
}

/** Whether a workflow is a saga's, and not of somebody else who shares the task queue. */
export const isSaga = (
  memo: WorkflowDescription['memo'],
): memo is { readonly turn: Pick<NextTurn, 'version' | 'state'> } => memo?.['turn'] !== undefined

/** Each turn leaves its state in the memo, which the server has without asking a worker. */
function turnIn({ workflowId, memo }: WorkflowDescription): Pick<NextTurn, 'version' | 'state'> {
  if (isSaga(memo)) return memo.turn
  throw new Error(`cannot read saga ${workflowId}: its workflow was started by something else`)
}

const isNotFound = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'WorkflowNotFoundError' || error.name === 'NamespaceNotFoundError')
