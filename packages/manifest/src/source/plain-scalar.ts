const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ...['true', 'True', 'TRUE'].map((word): [string, boolean] => [word, true]),
  ...['false', 'False', 'FALSE'].map((word): [string, boolean] => [word, false]),
  ...['null', 'Null', 'NULL'].map((word): [string, null] => [word, null]),
])

// Numbers with a unit, days and status classes: what starts with a digit and is certainly no number.
const TEXT_THAT_STARTS_AS_A_NUMBER =
  /^\d{1,15}(\.\d{1,15})?(ms|s|m|h|d|%|B|kB|MB|KiB|MiB|\/[a-z]{1,3})$|^\d{4}-\d\d-\d\d$|^\dxx$/

/**
 * The value of a plain scalar by the core schema of YAML 1.2. Gives `undefined` for spellings of numbers that
 * people do not write in manifests (`0x1F`, `1e3`, `.5`): the YAML library decides those.
 */
export function plainScalar(text: string): string | number | boolean | null | undefined {
  const word = WORDS.get(text)
  if (word !== undefined) return word
  if (/^[A-Za-z/$]/.test(text)) return text
  if (/^\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text)
  if (TEXT_THAT_STARTS_AS_A_NUMBER.test(text) || /^\.\.?\//.test(text)) return text
  return undefined
}
