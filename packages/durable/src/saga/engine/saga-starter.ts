import { anything, checkOptions } from '@watertight/policy/options'
import type { Transaction } from '../../store/store.js'
import { begin } from '../decisions/evolve.js'
import { decide } from '../decisions/decide.js'
import type { SagaState } from '../decisions/saga-state.js'
import type { SagaDefinition } from '../definition/saga-definition.js'
import { stepPlan, type SagaPlan, type StepPlan } from '../definition/saga-plan.js'
import { storedValue } from '../definition/standard-schema.js'
import { timersLane } from '../definition/step-plan-of.js'
import { beginTraced } from './begin-traced.js'
import { findSaga, type FoundRow } from '../queries/find-saga.js'
import type { NewSaga } from '../queries/saga-record.js'
import { insertSaga } from '../queries/write-sagas.js'
import { SagaError, type StartOptions } from './saga-engine.js'
import type { SagaHost, SagaHostOptions } from './saga-host.js'
import type { SagaRegistry } from './saga-registry.js'
import { SagaRun } from './saga-run.js'
import type { SagaWriter } from './saga-writer.js'

export interface SagaStarterOptions extends Pick<
  SagaHostOptions,
  'store' | 'works' | 'tracing' | 'startDeadlineMs'
> {
  readonly registry: SagaRegistry
  readonly writer: SagaWriter
  readonly host: SagaHost
}

/** Starts sagas: the row of one, with the start of its first steps, is written before anything runs. */
export class SagaStarter {
  readonly #options: SagaStarterOptions
  /** The starts under way, by id: of two at once, the second finds what the first has started. */
  readonly #starting = new Map<string, Promise<unknown>>()

  constructor(options: SagaStarterOptions) {
    this.#options = options
  }

  /** Resolves to whether there was none with this id. */
  async start(definition: SagaDefinition, options: StartOptions<unknown>, parent?: string): Promise<boolean> {
    checkStart(definition, options)
    const { id } = options
    while (this.#starting.has(id)) await this.#starting.get(id)?.catch(() => {})
    const start = this.#start(definition, options, parent).finally(() => this.#starting.delete(id))
    this.#starting.set(id, start)
    return await start
  }

  async #start(
    definition: SagaDefinition,
    options: StartOptions<unknown>,
    parent?: string,
  ): Promise<boolean> {
    const { writer, host, works, startDeadlineMs } = this.#options
    const saga = await this.#newSaga(definition, options, { parent })
    const giveBack = works ? this.#reserve(definition, saga.state) : undefined
    try {
      const row = giveBack === undefined ? saga : { ...saga, owner: host.worker }
      const isNew = await writer.insert(row, startDeadlineMs)
      const found = isNew ? undefined : await this.#checkSame(saga, this.#options.store)
      // A row that this process owns and does not know is its own: the answer to an earlier attempt to write it was lost.
      const isOurs = row.owner !== null && (isNew || found?.owner === row.owner) && !host.has(saga.id)
      if (isOurs) {
        const fields = {
          id: saga.id,
          definition,
          parent: saga.parent,
          epoch: 1,
          revision: 0,
          state: saga.state,
        }
        host.adopt(new SagaRun(fields))
      } else if (isNew) {
        host.hint()
      }
      return isNew || isOurs
    } finally {
      giveBack?.()
    }
  }

  /** The same in a transaction of the caller; it is taken up once that has committed. */
  async startIn(
    transaction: Transaction,
    definition: SagaDefinition,
    options: StartOptions<unknown>,
  ): Promise<boolean> {
    const saga = await this.#newSaga(definition, options, { transaction })
    const isNew = await insertSaga(transaction, saga)
    if (!isNew) await this.#checkSame(saga, transaction)
    return isNew
  }

  /** Sees to it that a child is never begun, when it has not been yet. */
  async prevent(definition: SagaDefinition, id: string, parent: string): Promise<boolean> {
    const begun = begin(definition.plan, null, this.#options.host.time.now())
    const state: SagaState = { ...begun, status: 'compensated', steps: {} }
    const { writer, startDeadlineMs } = this.#options
    return await writer.insert(this.#rowOf(definition, { id, input: null }, parent, state), startDeadlineMs)
  }

  async #newSaga(
    definition: SagaDefinition,
    options: StartOptions<unknown>,
    { parent, transaction }: { readonly parent?: string | undefined; readonly transaction?: Transaction },
  ): Promise<NewSaga> {
    const { registry, host, tracing } = this.#options
    checkStart(definition, options)
    const { id, key = '' } = options
    if (!registry.has(definition)) {
      throw new Error(`cannot start saga ${definition.name}: it must be among the sagas of its engine`)
    }
    checkText('id', id, parent === undefined ? 128 : 1_024)
    if (key !== '') checkText('key', key, 256)
    const stored = await storedValue(definition.input, options.input)
    if (!('value' in stored)) {
      throw new SagaError(
        'WT_SAGA_INPUT',
        `cannot start saga ${definition.name}: its input is not valid: ${stored.message}`,
      )
    }
    if (host.time.isOld) await host.learnTime(transaction)
    const state = beginTraced(definition.plan, { input: stored.value, at: host.time.now(), tracing })
    return this.#rowOf(definition, options, parent, state)
  }

  #rowOf(
    definition: SagaDefinition,
    { id, key }: StartOptions<unknown>,
    parent: string | undefined,
    state: SagaState,
  ): NewSaga {
    const { name, version, plan } = definition
    const first = this.#options.host.lanes.liveliest(firstSteps(plan, state))
    return {
      id,
      name,
      version,
      key: key ?? null,
      parent: parent ?? null,
      status: state.status,
      state,
      owner: null,
      waitsFor: first?.dependency ?? timersLane,
    }
  }

  /** Keeps places for the first steps until these have entered; undefined when there is no room, or nothing to enter. */
  #reserve(definition: SagaDefinition, state: SagaState): (() => void) | undefined {
    const { lanes } = this.#options.host
    const entered = firstSteps(definition.plan, state).map(({ dependency }) => lanes.of(dependency))
    if (entered.length === 0 || entered.some(({ firstPlaces }) => firstPlaces <= 0)) return undefined
    const reserved = entered.map((lane) => lane.reserve())
    return () => reserved.forEach((giveBack) => giveBack())
  }

  /** @throws {SagaError} when what there is under the id is not what was to be started */
  async #checkSame(saga: NewSaga, store: Transaction): Promise<FoundRow | undefined> {
    const found = await findSaga(store, saga.id)
    if (found === undefined) return undefined
    // The input of a child need not be the same twice.
    if (saga.parent !== null) return saga.parent === found.parent ? found : undefined
    const { input } = JSON.parse(found.state) as SagaState
    if (found.name === saga.name && JSON.stringify(input) === JSON.stringify(saga.state.input)) return found
    const what = found.name === saga.name ? 'another input' : `saga ${found.name}`
    throw new SagaError(
      'WT_SAGA_CONFLICT',
      `cannot start saga ${saga.name}: id ${saga.id} was given to ${what} before`,
    )
  }
}

/** What is asked when a saga begins. */
const firstSteps = (plan: SagaPlan, state: SagaState): StepPlan[] =>
  decide(plan, state).flatMap((command) => (command.type === 'wake' ? [] : stepPlan(plan, command.step)))

/** A misspelt `input` would begin the saga with none. */
export function checkStart({ name }: SagaDefinition, options: StartOptions<unknown>): void {
  checkOptions(`the start of saga ${name}`, options, { id: anything, input: anything, key: anything })
}

export function checkText(what: string, text: unknown, lettersMax: number): void {
  // Printable ASCII: ids are parts of idempotency keys, which are sent in headers.
  if (typeof text === 'string' && /^[\x21-\x7e]+$/.test(text) && text.length <= lettersMax) return
  throw new SagaError(
    'WT_SAGA_INPUT',
    `cannot start a saga: ${what} must be 1 to ${lettersMax} printable ASCII characters without spaces, got ${JSON.stringify(text)}`,
  )
}
