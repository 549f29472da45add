import type { Ledger } from './ledger.js'

export type Scalar = string | number | boolean | null

/** Why a value that nobody used is not in the manifest, with all that stands below it. */
type Reason = string

/**
 * The keys of a format, and for each what is to be said when nobody used it: a reason, or the keys below it. `*` stands
 * for any name. A key that is not in the table is not known, and no other is.
 */
export interface KnownKeys {
  readonly [key: string]: Known
}
export type Known = Reason | KnownKeys | ((setting: Setting) => Reason | KnownKeys)

function knownBelow(keys: KnownKeys, key: string): Known | undefined {
  return Object.hasOwn(keys, key) ? keys[key] : keys['*']
}

export const NOT_KNOWN: string =
  'this key is not known to the import: check its spelling, or write what it means by hand'

interface SettingParts {
  readonly path: string
  readonly key: string
  readonly file: string
  /** The name of the file in comments. */
  readonly shown: string
  readonly line: number
  readonly ledger: Ledger
  readonly value: Scalar | ReadonlyMap<string, Setting> | readonly Setting[]
  /** Where the value stands, if not here: `default of ${LIMIT}`. */
  readonly origin?: string
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
  readonly #file: string
  readonly #ledger: Ledger
  readonly #origin: string | undefined
  #used = false
  #visited = false

  constructor({ path, key, file, shown, line, ledger, value, origin }: SettingParts) {
    this.path = path
    this.key = key
    this.place = `${shown}:${line}`
    this.line = line
    this.value = value
    this.#file = file
    this.#ledger = ledger
    this.#origin = origin
  }

  /** For the comment behind a value: `application.yml:12 maxAttempts`. */
  get source(): string {
    return `${this.place} ${this.key}${this.#origin === undefined ? '' : `, ${this.#origin}`}`
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

  /** Whether somebody has looked for values in it, though there may have been none to use. */
  get visited(): boolean {
    return this.#visited
  }

  visit(): this {
    this.#visited = true
    return this
  }

  /** Says that the value went into the manifest, or that leaving it out changes nothing. */
  use(): this {
    this.#used = true
    return this
  }

  /** Says so of the values of these keys. */
  useKeys(...keys: readonly string[]): void {
    for (const key of keys) this.at(key)?.use()
  }

  /** Says so of the value and of all below it. */
  useAll(): void {
    this.use()
    for (const child of [...this.entries, ...this.items]) child.useAll()
  }

  /** Says why the value, with all below it, is not in the manifest. */
  decline(reason: string): undefined {
    this.#used = true
    this.note(reason)
  }

  /** Says what the manifest makes of the value, without using what stands below it. */
  note(reason: string): void {
    this.#ledger.add({ file: this.#file, path: this.path, line: this.line, reason })
  }

  /**
   * Declines what nobody has used, by the keys that the format knows: where only keys are known, each below it; where
   * a reason is known, the whole, unless a part of it was used.
   */
  declineRest(known: Known | undefined): void {
    if (this.#used) return
    const meaning = typeof known === 'function' ? known(this) : known
    if (meaning === undefined || typeof meaning === 'string') {
      if (!this.#touched()) return this.decline(meaning ?? NOT_KNOWN)
      for (const child of [...this.entries, ...this.items]) child.declineRest(meaning)
      return
    }
    for (const item of this.items) item.declineRest(meaning)
    if (this.value instanceof Map) {
      for (const [key, child] of this.value as Map<string, Setting>)
        child.declineRest(knownBelow(meaning, key))
    } else if (this.items.length === 0 && this.scalar !== undefined && this.scalar !== null) {
      this.decline(`a map or a list must stand here, got ${this.text.slice(0, 60)}: it is left out`)
    }
  }

  #touched(): boolean {
    return this.#used || [...this.entries, ...this.items].some((child) => child.#touched())
  }
}
