import type { DocumentPath } from '../source/manifest-source.js'
import { policyWords } from '../words/policy-words.js'
import type { Word } from '../words/word.js'
import { DEFAULT_ORIGIN, type Origin } from './origin.js'

type Words = Readonly<Record<string, Word>>

/** One level of inheritance: a policy or a call, and where it stands. */
export interface Layer {
  readonly path: DocumentPath
  readonly sections: object
}

/**
 * Reads values through layers of inheritance, the most specific first, and notes where each came from.
 * A section that a layer switches `off` hides the layers behind it.
 */
export class SectionReader {
  readonly origins: Map<string, Origin> = new Map()
  readonly #layers: readonly Layer[]
  readonly #words: Words

  /** Defaults are those of the table. */
  constructor(layers: readonly Layer[], words: Words = policyWords) {
    this.#layers = layers
    this.#words = words
  }

  /** The layers that set a section, or nothing when it is absent or off. */
  section(name: string): FieldReader | undefined {
    const fields = this.fields(name)
    return fields.isSet ? fields : undefined
  }

  /** Whether the nearest layer that sets a section switches it off. */
  isOff(name: string): boolean {
    const given = ({ sections }: Layer): unknown => (sections as Record<string, unknown>)[name]
    const nearest = this.#layers.find((layer) => given(layer) !== undefined)
    if (nearest === undefined || given(nearest) !== 'off') return false
    this.origins.set(name, { kind: 'document', path: [...nearest.path, name] })
    return true
  }

  /** The layers that set a section, perhaps none. */
  fields(name: string): FieldReader {
    const found: { path: DocumentPath; fields: object }[] = []
    for (const layer of this.#layers) {
      const fields = (layer.sections as Record<string, unknown>)[name]
      if (fields === undefined) continue
      const path = [...layer.path, name]
      if (fields === 'off') {
        if (found.length === 0) this.origins.set(name, { kind: 'document', path })
        break
      }
      if (found.length === 0) this.origins.set(name, { kind: 'document', path })
      found.push({ path, fields: fields as object })
    }
    return new FieldReader(name, found, this.origins, this.#words)
  }

  /** A plain value of the layers themselves, or the default of its word. */
  plain(name: string): unknown {
    return this.value<unknown>(name, this.#words[name]?.default)
  }

  /** A plain value of the layers themselves, such as `balance`; `former` is where older documents have it. */
  value<Value>(name: string, fallback: Value, former?: readonly string[]): Value {
    for (const { sections, path } of this.#layers) {
      let given = (sections as Record<string, unknown>)[name]
      let steps: readonly string[] | undefined
      if (given === undefined && former !== undefined) [given, steps] = [valueBelow(sections, former), former]
      if (given === undefined) continue
      this.origins.set(name, { kind: 'document', path: [...path, ...(steps ?? [name])] })
      return given as Value
    }
    this.origins.set(name, DEFAULT_ORIGIN)
    return fallback
  }
}

/** Reads the fields of one section through the layers that set it. */
export class FieldReader {
  readonly #name: string
  readonly #layers: readonly { readonly path: DocumentPath; readonly fields: object }[]
  readonly #origins: Map<string, Origin>
  readonly #words: Words

  constructor(
    name: string,
    layers: readonly { readonly path: DocumentPath; readonly fields: object }[],
    origins: Map<string, Origin>,
    words: Words,
  ) {
    this.#name = name
    this.#layers = layers
    this.#origins = origins
    this.#words = words
  }

  get isSet(): boolean {
    return this.#layers.length > 0
  }

  /** The schema has checked the document, so the field is what `convert` takes. */
  optional<Value>(field: string, convert: (raw: never) => Value): Value | undefined {
    const { former } = this.#word(field) ?? {}
    for (const { path, fields } of this.#layers) {
      for (const name of former === undefined ? [field] : [field, former]) {
        const steps = name.split('.')
        const raw = valueBelow(fields, steps)
        if (raw === undefined) continue
        this.#origins.set(`${this.#name}.${field}`, { kind: 'document', path: [...path, ...steps] })
        return convert(raw as never)
      }
    }
    return undefined
  }

  /** As `required`; undefined for `off`. */
  unlessOff<Value>(field: string, convert: (raw: never) => Value): Value | undefined {
    const off = (raw: unknown): Value | 'off' => (raw === 'off' ? raw : convert(raw as never))
    const value = this.required<Value | 'off'>(field, off)
    return value === 'off' ? undefined : value
  }

  /** As `optional`, or the default: the one of the word, unless it depends on other fields and so is given. */
  required<Value>(field: string, convert: (raw: never) => Value, given?: Value): Value {
    const value = this.optional(field, convert)
    if (value !== undefined) return value
    this.#origins.set(`${this.#name}.${field}`, DEFAULT_ORIGIN)
    return given ?? (this.#word(field)?.default as Value)
  }

  #word(field: string): Word | undefined {
    return this.#words[`${this.#name}.${field}`]
  }
}

function valueBelow(fields: object, steps: readonly string[]): unknown {
  return steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], fields)
}
