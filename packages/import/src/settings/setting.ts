import type { Ledger } from './ledger.js'

export type Scalar = string | number | boolean | null

interface SettingParts {
  readonly path: string
  readonly key: string
  readonly file: string
  readonly line: number
  readonly ledger: Ledger
  readonly value: Scalar | ReadonlyMap<string, Setting> | readonly Setting[]
}

/**
 * One value of the imported text, and whether somebody has used it. What nobody has used in the end is reported,
 * so that an import can forget nothing.
 */
export class Setting {
  /** Where it stands in its document: `spec.http[0].timeout`. */
  readonly path: string
  /** As it is written. */
  readonly key: string
  /** For comments: `application.yml:12`. */
  readonly place: string
  readonly line: number
  readonly value: Scalar | ReadonlyMap<string, Setting> | readonly Setting[]
  readonly #ledger: Ledger
  #used = false

  constructor({ path, key, file, line, ledger, value }: SettingParts) {
    this.path = path
    this.key = key
    this.place = `${file.replace(/^.*[\\/]/, '')}:${line}`
    this.line = line
    this.value = value
    this.#ledger = ledger
  }

  /** The value below these keys. */
  at(...keys: readonly string[]): Setting | undefined {
    const [first, ...rest] = keys
    if (first === undefined) return this
    return this.value instanceof Map
      ? (this.value as Map<string, Setting>).get(first)?.at(...rest)
      : undefined
  }

  /** The values of a map, in order; none for anything else. */
  get entries(): readonly Setting[] {
    return this.value instanceof Map ? [...(this.value as Map<string, Setting>).values()] : []
  }

  /** The values of a list, in order; none for anything else. */
  get items(): readonly Setting[] {
    return Array.isArray(this.value) ? (this.value as readonly Setting[]) : []
  }

  get scalar(): Scalar | undefined {
    return typeof this.value === 'object' && this.value !== null ? undefined : this.value
  }

  get text(): string {
    return this.scalar === undefined ? `a ${this.value instanceof Map ? 'map' : 'list'}` : String(this.scalar)
  }

  /** Says that the value went into the manifest, or that leaving it out changes nothing. */
  use(): this {
    this.#used = true
    return this
  }

  /** Says why the value, with all below it, is not in the manifest. */
  decline(reason: string): undefined {
    this.#used = true
    this.note(reason)
  }

  /** Says what the manifest makes of the value, without using what stands below it. */
  note(reason: string): void {
    this.#ledger.add({ path: this.path, line: this.line, reason })
  }

  /** Declines what nobody has used: one entry a subtree of which nothing was used. */
  declineRest(reasonFor: (setting: Setting) => string): void {
    if (this.#used) return
    if (!this.#touched()) return this.decline(reasonFor(this))
    for (const child of [...this.entries, ...this.items]) child.declineRest(reasonFor)
  }

  #touched(): boolean {
    return this.#used || [...this.entries, ...this.items].some((child) => child.#touched())
  }
}
