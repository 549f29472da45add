import { moveVersion } from '../decisions/move-version.js'
import type { SagaState } from '../decisions/saga-state.js'
import type { SagaDefinition } from '../definition/saga-definition.js'

/** The definitions that an engine knows, children and versions included. */
export class SagaRegistry {
  readonly #definitions = new Map<string, SagaDefinition>()

  constructor(definitions: readonly SagaDefinition[]) {
    for (const definition of definitions) this.#add(definition)
  }

  #add(definition: SagaDefinition): void {
    const key = keyOf(definition.name, definition.version)
    const known = this.#definitions.get(key)
    if (known === definition) return
    if (known !== undefined) {
      throw new Error(
        `cannot open a saga engine: two different sagas are named ${definition.name} in version ${definition.version}; give one another version`,
      )
    }
    this.#definitions.set(key, definition)
    for (const older of Object.keys(definition.migrations)) this.#addMove(definition, older)
    for (const { child } of definition.code.values()) if (child !== undefined) this.#add(child)
  }

  #addMove({ name, version }: SagaDefinition, older: string): void {
    const moves = [...this.#definitions.values()].filter(
      (one) => one.name === name && older in one.migrations,
    )
    if (moves.length < 2) return
    const versions = moves.map((one) => one.version).join(' and ')
    throw new Error(
      `cannot open a saga engine: one version of ${name} must say how instances of version ${older} go on, got ${versions}; ` +
        `leave it to version ${version}, or keep it where it was`,
    )
  }

  get definitions(): Iterable<SagaDefinition> {
    return this.#definitions.values()
  }

  has(definition: SagaDefinition): boolean {
    return this.#definitions.get(keyOf(definition.name, definition.version)) === definition
  }

  /** What the sagas wait for, each once. */
  get dependencies(): ReadonlySet<string> {
    const steps = [...this.#definitions.values()].flatMap(({ plan }) => plan.stages.flat())
    return new Set(steps.map(({ dependency }) => dependency))
  }

  /** How long sagas may take, of those that are limited. */
  get deadlines(): { readonly name: string; readonly version: number; readonly deadlineMs: number }[] {
    return [...this.#definitions.values()].flatMap(({ name, version, plan: { deadlineMs } }) =>
      deadlineMs === undefined ? [] : [{ name, version, deadlineMs }],
    )
  }

  /** Every version that can be gone on with: those that are known, and those that are moved to one of them. */
  get versions(): { readonly name: string; readonly version: number }[] {
    return [...this.#definitions.values()].flatMap(({ name, version, migrations }) => [
      { name, version },
      ...Object.keys(migrations).map((older) => ({ name, version: Number(older) })),
    ])
  }

  /** The definition by which an instance goes on, and its state in that. A move that is stated goes before the old version. */
  resolve(
    name: string,
    version: number,
    state: SagaState,
    at: number,
  ): { readonly definition: SagaDefinition; readonly state: SagaState } | undefined {
    for (const definition of this.#definitions.values()) {
      const move = definition.name === name ? definition.migrations[version] : undefined
      if (move === undefined) continue
      return { definition, state: moveVersion(definition.plan, state, { renamed: move.renamed ?? {}, at }) }
    }
    const definition = this.#definitions.get(keyOf(name, version))
    return definition === undefined ? undefined : { definition, state }
  }
}

const keyOf = (name: string, version: number): string => `${name}@${version}`
