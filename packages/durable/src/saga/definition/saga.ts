import { durationMs, type Duration } from '@watertight/manifest/units'
import { checkOptions, integer, OptionError, record } from '@watertight/policy/options'
import { childStep, type ChildOptions } from './child-step.js'
import { refuseWrongMigrations } from './refuse-wrong-migrations.js'
import { refuseUnguardedSteps } from './refuse-unguarded-steps.js'
import type { SagaDefinition, StepCode, VersionMove } from './saga-definition.js'
import type { SagaPlan, StepPlan } from './saga-plan.js'
import type { StandardSchema } from './standard-schema.js'
import type { StepOptions } from './step-options.js'
import { duration, schema, stepPlanOf, waitPlanOf } from './step-plan-of.js'

export interface SagaOptions<Input> {
  /** What the input must be, checked before a saga is started. Default: anything that JSON can hold. */
  readonly input?: StandardSchema<Input>
  /** Default 1. An instance finishes on the version that it began with. */
  readonly version?: number
  /** How long the whole may take before it turns back. Default: no limit. */
  readonly deadline?: Duration
  /** The older versions whose instances go on in this one, instead of on their own. */
  readonly migrations?: Readonly<Record<number, VersionMove>>
}

export interface SignalOptions<Payload> {
  readonly payload?: StandardSchema<Payload>
  /** How long it is waited for before the saga turns back. Default: for ever. */
  readonly timeout?: Duration
}

type Optional = { readonly optional: true }
/** What the branches of a parallel stage result in; those that are optional, perhaps in nothing. */
type BranchResults<Branches> = {
  readonly [Name in keyof Branches]:
    | (Branches[Name] extends { run: (...context: never[]) => infer Result } ? Awaited<Result> : never)
    | (Branches[Name] extends Optional ? undefined : never)
}

/** A saga while its steps are listed. Immutable: each call makes another one. */
export class SagaBuilder<Input, Results extends object = object> {
  readonly #name: string
  readonly #options: SagaOptions<unknown>
  readonly #stages: readonly (readonly StepPlan[])[]
  readonly #code: ReadonlyMap<string, StepCode>

  constructor(
    name: string,
    options: SagaOptions<unknown>,
    stages: readonly (readonly StepPlan[])[] = [],
    code: ReadonlyMap<string, StepCode> = new Map(),
  ) {
    this.#name = name
    this.#options = options
    this.#stages = stages
    this.#code = code
  }

  /** A step that starts when the ones before have ended. */
  step<const Name extends string, Result>(
    name: Name,
    options: StepOptions<Input, Results, Result> & Optional,
  ): SagaBuilder<Input, Results & { readonly [_ in Name]: Awaited<Result> | undefined }>
  step<const Name extends string, Result>(
    name: Name,
    options: StepOptions<Input, Results, Result>,
  ): SagaBuilder<Input, Results & { readonly [_ in Name]: Awaited<Result> }>
  step(name: string, options: StepOptions<Input, Results, unknown>): SagaBuilder<Input> {
    return this.#with(name, [[stepPlanOf(this.#name, name, options), codeOf(options)]])
  }

  /** Steps that start together. The saga goes on when all of them have ended. */
  parallel<const Branches extends Readonly<Record<string, StepOptions<Input, Results, unknown>>>>(
    stage: string,
    branches: Branches,
  ): SagaBuilder<Input, Results & BranchResults<Branches>> {
    const steps = Object.entries(branches).map(([name, options]): [StepPlan, StepCode] => [
      stepPlanOf(this.#name, name, options),
      codeOf(options),
    ])
    if (steps.length === 0) throw refused(this.#name, `parallel ${stage} must have a branch, got none`, stage)
    return this.#with(stage, steps)
  }

  /** A wait of fixed length, which outlives any process. */
  sleep(name: string, time: Duration): SagaBuilder<Input, Results> {
    checkOptions(`sleep ${name} of saga ${this.#name}`, { time }, { time: duration })
    const code = { run: () => null }
    return this.#with(name, [[waitPlanOf('timer', name, durationMs(time)), code]])
  }

  /** A wait for a signal of this name. The first one counts; it may come before it is waited for. */
  signal<const Name extends string, Payload>(
    name: Name,
    options: SignalOptions<Payload> = {},
  ): SagaBuilder<Input, Results & { readonly [_ in Name]: Payload }> {
    checkOptions(`signal ${name} of saga ${this.#name}`, options, { payload: schema, timeout: duration })
    const { payload, timeout } = options
    const waitMs = timeout === undefined ? undefined : durationMs(timeout)
    const code = { run: () => null, ...(payload === undefined ? {} : { result: payload }) }
    return this.#with(name, [[waitPlanOf('signal', name, waitMs), code]])
  }

  /**
   * A saga of its own, which this one waits for. It is undone with this one, also when it had ended well; one that ends
   * undone is a refusal with the code `child-compensated`. One that has a step without `compensate` is itself such a step.
   */
  child<const Name extends string, ChildInput, ChildResults>(
    name: Name,
    options: ChildOptions<Input, Results, ChildInput, ChildResults>,
  ): SagaBuilder<Input, Results & { readonly [_ in Name]: ChildResults }> {
    return this.#with(name, [childStep(this.#name, name, options)])
  }

  /**
   * @throws {OptionError} when there are no steps, or when one that cannot be undone is followed by one that can fail
   */
  build(): SagaDefinition<Input, Results> {
    const { input, version = 1, deadline, migrations = {} } = this.#options
    if (this.#stages.length === 0) throw refused(this.#name, 'it must have a step, got none', '')
    const plan: SagaPlan = Object.freeze({
      name: this.#name,
      version,
      stages: this.#stages,
      ...(deadline === undefined ? {} : { deadlineMs: durationMs(deadline) }),
    })
    refuseUnguardedSteps(plan)
    refuseWrongMigrations(plan, migrations)
    return Object.freeze({ name: this.#name, version, plan, input, code: this.#code, migrations })
  }

  #with<More extends object>(
    stage: string,
    steps: readonly (readonly [StepPlan, StepCode])[],
  ): SagaBuilder<Input, Results & More> {
    checkName(`saga ${this.#name}: the name of a step`, stage)
    const code = new Map(this.#code)
    for (const [{ name }, stepCode] of steps) {
      checkName(`saga ${this.#name}: the name of a step`, name)
      if (code.has(name))
        throw refused(this.#name, `the names of its steps must differ, got ${name} twice`, name)
      code.set(name, stepCode)
    }
    return new SagaBuilder(this.#name, this.#options, [...this.#stages, steps.map(([plan]) => plan)], code)
  }
}

function codeOf<Input, Results>(options: StepOptions<Input, Results, unknown>): StepCode {
  const { run, compensate, result } = options as unknown as StepOptions<unknown, unknown, unknown>
  return {
    run,
    ...(compensate === undefined ? {} : { compensate }),
    ...(result === undefined ? {} : { result }),
  }
}

/**
 * Begins the definition of a saga: steps, each with its compensation, that are all done or all undone.
 *
 * @throws {OptionError} for a wrong name, a wrong option, or an option that there is not
 * @example
 * const greet = saga('greet').step('hello', { run: ({ key }) => key, effect: 'none' }).build()
 */
export function saga<Input = unknown>(name: string, options: SagaOptions<Input> = {}): SagaBuilder<Input> {
  checkName('saga: its name', name)
  checkOptions(`saga ${name}`, options, {
    input: schema,
    version: integer(1),
    deadline: duration,
    migrations: record,
  })
  return new SagaBuilder<Input>(name, options)
}

/** Names are parts of idempotency keys, which may be sent in headers; and they keep the order in which they were put. */
function checkName(what: string, name: unknown): void {
  if (typeof name === 'string' && /^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) return
  throw new OptionError(
    `cannot create ${what} must begin with a letter and hold up to 64 letters, digits, - and _, got ${JSON.stringify(name)}`,
    'name',
  )
}

const refused = (name: string, what: string, option: string): OptionError =>
  new OptionError(`cannot create saga ${name}: ${what}`, option)
