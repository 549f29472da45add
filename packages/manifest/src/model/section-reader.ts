import type { DocumentPath } from '../source/manifest-source.js'
import { DEFAULT_ORIGIN, type Origin } from './origin.js'

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

  constructor(layers: readonly Layer[]) {
    this.#layers = layers
  }

  /** The layers that set a section, or nothing when it is absent or off. */
  section(name: string): FieldReader | undefined {
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
    return found.length === 0 ? undefined : new FieldReader(name, found, this.origins)
  }

  /** A plain value of the layers themselves, such as `balance`. */
  value<Value>(name: string, fallback: Value): Value {
    for (const layer of this.#layers) {
      const given = (layer.sections as Record<string, unknown>)[name]
      if (given === undefined) continue
      this.origins.set(name, { kind: 'document', path: [...layer.path, name] })
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

  constructor(
    name: string,
    layers: readonly { readonly path: DocumentPath; readonly fields: object }[],
    origins: Map<string, Origin>,
  ) {
    this.#name = name
    this.#layers = layers
    this.#origins = origins
  }

  /** The schema has checked the document, so the field is what `convert` takes. */
  optional<Value>(field: string, convert: (raw: never) => Value): Value | undefined {
    for (const { path, fields } of this.#layers) {
      const steps = field.split('.')
      const raw = steps.reduce<unknown>(
        (at, step) => (at as Record<string, unknown> | undefined)?.[step],
        fields,
      )
      if (raw === undefined) continue
      this.#origins.set(`${this.#name}.${field}`, { kind: 'document', path: [...path, ...steps] })
      return convert(raw as never)
    }
    return undefined
  }

  required<Value>(field: string, convert: (raw: never) => Value, fallback: Value): Value {
    const value = this.optional(field, convert)
    if (value !== undefined) return value
    this.#origins.set(`${this.#name}.${field}`, DEFAULT_ORIGIN)
    return fallback
  }
}
