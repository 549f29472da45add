/** Of a longer label value only the beginning is kept: it comes from outside, and is held for as long as the process. */
const VALUE_CHARACTERS_MAX = 200

/** The value of every label of the series that takes what no longer finds room. */
export const OTHER = 'other'

/** A label value as it is kept. */
export function boundedValue(value: unknown): string {
  const text = String(value)
  return text.length <= VALUE_CHARACTERS_MAX ? text : text.slice(0, VALUE_CHARACTERS_MAX)
}

/** `a="1",b="2"`: ready to be written, since a series is written far more often than it is made. */
export function renderLabels(names: readonly string[], values: readonly string[]): string {
  return names.map((name, index) => `${name}="${escapeLabelValue(values[index] ?? '')}"`).join(',')
}

/** Backslash, double quote and line feed, as both exposition formats say. */
export function escapeLabelValue(value: string): string {
  // A lone half of a surrogate pair has no UTF-8 form, and one bad byte would fail the whole scrape.
  return value
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/[\\"\n]/g, (character) => ESCAPES[character] ?? character)
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' }
