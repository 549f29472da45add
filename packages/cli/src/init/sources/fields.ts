/** A map of a document that somebody else defines: anything may be missing or of another kind. */
export type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The map at a path, or an empty one. */
export function fieldsAt(from: unknown, ...path: readonly string[]): Fields {
  const value = valueAt(from, path)
  return isFields(value) ? value : {}
}

/** The list at a path, or an empty one. */
export function listAt(from: unknown, ...path: readonly string[]): readonly unknown[] {
  const value = valueAt(from, path)
  return Array.isArray(value) ? (value as readonly unknown[]) : []
}

/** The text at a path; numbers count as text. */
export function textAt(from: unknown, ...path: readonly string[]): string | undefined {
  const value = valueAt(from, path)
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The whole number at a path; a text of digits counts. */
export function wholeAt(from: unknown, ...path: readonly string[]): number | undefined {
  const text = textAt(from, ...path)
  return text !== undefined && /^\d{1,7}$/.test(text) ? Number(text) : undefined
}

function valueAt(from: unknown, path: readonly string[]): unknown {
  let value = from
  for (const key of path) value = isFields(value) && Object.hasOwn(value, key) ? value[key] : undefined
  return value
}
