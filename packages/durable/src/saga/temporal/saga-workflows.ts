import type { Tracing } from '@watertight/telemetry'
import { begin } from '../decisions/evolve.js'
import type { SagaState } from '../decisions/saga-state.js'
import type { SagaDefinition } from '../definition/saga-definition.js'
import { storedValue } from '../definition/standard-schema.js'
import { beginTraced } from '../engine/begin-traced.js'
import { SagaError, type StartOptions } from '../engine/saga-engine.js'
import type { SagaRegistry } from '../engine/saga-registry.js'
import { checkText } from '../engine/saga-starter.js'
import type { SagaRequest } from '../queries/saga-record.js'
import type { NextTurn, SagaStart } from './turn.js'
import type { WorkflowClient, WorkflowDescription } from './temporal-sdk.js'

export interface FoundSaga {
  readonly description: WorkflowDescription
  readonly version: number
  readonly state: SagaState
}

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
    if (await this.#begin(definition, id, { parent, key, state })) return true
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
    const state = (await this.find(id))?.state ?? never
    const request: SagaRequest = { type: 'cancelled', evenWhenDone: true }
    if (state.status === 'running') await this.request(id, request)
    // Its workflow has ended well: another run of it goes on from there.
    if (state.status === 'done') {
      const events = [{ ...request, at: Date.now() }]
      await this.#begin(definition, id, { parent, key: '', state, events })
    }
    return state
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
      description.status.name === 'RUNNING' ? turnIn(description) : await this.#lastTurn(id)
    return { description, version, state }
  }

  async result(id: string): Promise<SagaState> {
    return (await this.#lastTurn(id)).state
  }

  list(name: string | undefined): AsyncIterable<WorkflowDescription> {
    const ofName = name === undefined ? '' : ` AND WorkflowType = '${name}'`
    return this.#client.list({ query: `TaskQueue = '${this.#taskQueue}'${ofName}` })
  }

  async #lastTurn(id: string): Promise<NextTurn> {
    return (await this.#client.getHandle(id).result()) as NextTurn
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
    { name, version }: SagaDefinition,
    id: string,
    given: Pick<SagaStart, 'parent' | 'state'> & {
      readonly key: string
      readonly events?: SagaStart['events']
    },
  ): Promise<boolean> {
    const { parent, key, state, events = [] } = given
    const start: SagaStart = { sagaId: id, name, version, parent, state, events }
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

/** Each turn leaves its state in the memo, which the server has without asking a worker. */
function turnIn({ workflowId, memo }: WorkflowDescription): Pick<NextTurn, 'version' | 'state'> {
  const turn = memo?.['turn'] as Pick<NextTurn, 'version' | 'state'> | undefined
  if (turn !== undefined) return turn
  throw new Error(`cannot read saga ${workflowId}: its workflow was started by something else`)
}

const isNotFound = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'WorkflowNotFoundError' || error.name === 'NamespaceNotFoundError')
