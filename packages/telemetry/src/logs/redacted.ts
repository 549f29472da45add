import type { SecretNames } from './secret-names.js'
import { isCardAsNumber, REDACTED, TEXT_CHARACTERS_MAX, withoutSecrets } from './without-secrets.js'

const UNREADABLE = '[unreadable]'
const CUT = '[cut]'
const DEPTH_MAX = 8
const ENTRIES_MAX = 100
/** Of everything in one line, whatever its shape. */
const VALUES_MAX = 1_000
const CHARACTERS_MAX = 65_536
const NAME_CHARACTERS_MAX = 200

/** What may stand in a log line: plain JSON, bounded in depth and size. */
export type Loggable = null | boolean | number | string | Loggable[] | Fields

interface Fields {
  [key: string]: Loggable
}

/**
 * Copies a value into what may be logged: secrets by name and by looks replaced, errors as objects, circles and depths
 * cut. The value itself is never changed, and a getter that throws costs its own field only.
 *
 * @param secrets the names under which secrets stand
 */
export function redacted(value: unknown, secrets: SecretNames): Loggable {
  return new Copy(secrets).of(value, 0)
}

class Copy {
  readonly #secrets: SecretNames
  readonly #above: Set<object> = new Set()
  #values: number = 0
  #characters: number = 0

  constructor(secrets: SecretNames) {
    this.#secrets = secrets
  }

  of(value: unknown, depth: number): Loggable {
    this.#values += 1
    if (this.#values > VALUES_MAX) return CUT
    if (typeof value === 'string') return this.#text(value)
    if (typeof value === 'number') return numberOf(value)
    if (typeof value === 'boolean' || value === null || value === undefined) return value ?? null
    if (typeof value === 'bigint') return this.#text(String(value))
    if (typeof value !== 'object') return `[${typeof value}]`
    if (this.#above.has(value)) return '[circular]'
    if (depth >= DEPTH_MAX) return CUT
    this.#above.add(value)
    try {
      return this.#object(value, depth)
    } catch {
      // A proxy, or an iterator, may throw at any touch.
      return UNREADABLE
    } finally {
      this.#above.delete(value)
    }
  }

  #object(value: object, depth: number): Loggable {
    if (Array.isArray(value)) return this.#list(value, depth)
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || prototype === null) return this.#fields(value, depth)
    if (value instanceof Error) return this.#error(value, depth)
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
    if (value instanceof URL || value instanceof URLSearchParams) return this.#text(String(value))
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
    if (value instanceof Map || value instanceof Headers) return this.#entries([...value], depth)
    if (value instanceof Set) return this.#list([...value], depth)
    return this.#fields(value, depth)
  }

  #error(error: Error, depth: number): Loggable {
    // Whatever the types say: an error can be given any fields.
    const { name, message, stack, cause } = error as unknown as Readonly<Record<string, unknown>>
    const copy = this.#fields(error, depth)
    copy['type'] = typeof name === 'string' ? this.#text(name) : 'Error'
    copy['message'] = typeof message === 'string' ? this.#text(message) : ''
    delete copy['name']
    delete copy['stack']
    delete copy['cause']
    if (typeof stack === 'string') copy['stack'] = this.#text(stack)
    if (cause !== undefined) copy['cause'] = this.of(cause, depth + 1)
    // Node throws these when no address of a host could be reached, and their message is empty.
    if (error instanceof AggregateError) copy['errors'] = this.of(error.errors, depth + 1)
    return copy
  }

  /** Also a raw header list, `[name, value, name, value]` or `[[name, value]]`, hides what follows a secret's name. */
  #list(values: readonly unknown[], depth: number): Loggable[] {
    const copy = values.slice(0, ENTRIES_MAX).map((value, index) => {
      const before = values[index - 1]
      const isNamed = typeof value === 'string' && typeof before === 'string' && this.#secrets.has(before)
      return isNamed && isPairPosition(values, index) ? REDACTED : this.of(value, depth + 1)
    })
    if (values.length > ENTRIES_MAX) copy.push(`[${values.length - ENTRIES_MAX} more]`)
    return copy
  }

  #fields(value: object, depth: number): Fields {
    const copy: Fields = {}
    const keys = Object.keys(value)
    const hidesValue = this.#namesSecret(value)
    for (let index = 0; index < keys.length && index < ENTRIES_MAX; index++) {
      const key = keys[index]!
      this.#copyField(copy, key, hidesValue && key === 'value' ? HIDDEN : read(value, key), depth)
    }
    if (keys.length > ENTRIES_MAX) copy['more'] = `[${keys.length - ENTRIES_MAX} more]`
    return copy
  }

  #entries(entries: readonly (readonly [unknown, unknown])[], depth: number): Fields {
    const copy: Fields = {}
    for (const [key, value] of entries.slice(0, ENTRIES_MAX)) {
      // A key of a Map may be anything, even what has no text.
      this.#copyField(copy, typeof key === 'string' ? key : `[${typeof key}]`, value, depth)
    }
    if (entries.length > ENTRIES_MAX) copy['more'] = `[${entries.length - ENTRIES_MAX} more]`
    return copy
  }

  #copyField(copy: Fields, key: string, value: unknown, depth: number): void {
    if (value === undefined) return
    const name = key.length <= NAME_CHARACTERS_MAX ? key : key.slice(0, NAME_CHARACTERS_MAX)
    const isHidden = value === HIDDEN || (isWorthHiding(value) && this.#secrets.has(name))
    const loggable = isHidden ? REDACTED : this.of(value, depth + 1)
    // A field of this name is a field and not a prototype.
    if (name === '__proto__') Object.defineProperty(copy, name, { value: loggable, ...PLAIN_PROPERTY })
    else copy[name] = loggable
  }

  /** `{ name: 'authorization', value: '...' }`, as lists of headers and of environment variables have it. */
  #namesSecret(value: object): boolean {
    if (!Object.hasOwn(value, 'value')) return false
    const name = read(value, 'name') ?? read(value, 'key')
    return typeof name === 'string' && this.#secrets.has(name)
  }

  #text(text: string): string {
    if (this.#characters > CHARACTERS_MAX) return CUT
    this.#characters += Math.min(text.length, TEXT_CHARACTERS_MAX)
    return withoutSecrets(text)
  }
}

function numberOf(value: number): Loggable {
  if (isCardAsNumber(value)) return REDACTED
  return Number.isFinite(value) ? value : String(value)
}

/** Whether a secret is there at all is worth knowing, and is told. */
function isWorthHiding(value: unknown): boolean {
  return value !== null && typeof value !== 'boolean'
}

/** The value of a pair: the second of two, or every second one of a list of strings. */
function isPairPosition(values: readonly unknown[], index: number): boolean {
  return index % 2 === 1 && values.length % 2 === 0
}

/** A getter that throws costs its own field only. */
function read(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key]
  } catch {
    return UNREADABLE
  }
}

const HIDDEN: unique symbol = Symbol('hidden')
const PLAIN_PROPERTY = { enumerable: true, configurable: true, writable: true }
