/** A text with its placeholders filled in, and where the values came from. */
export interface Filled {
  readonly text: string
  /** Such as `default of ${LIMIT}`. */
  readonly origin: string
}

const innermost = /\$\{([^${}:]{1,200})(?::([^${}]*))?\}/
const passesMax = 20
const lengthMax = 4_096

/**
 * Fills in `${NAME:default}` as Spring does: by the property of that name where the text itself has it, otherwise by
 * the default. Undefined when a placeholder remains, which only the environment can fill in.
 */
export function fillPlaceholders(
  text: string,
  propertyOf: (name: string) => string | undefined,
): Filled | undefined {
  const origins: string[] = []
  let filled = text
  for (let pass = 0; pass < passesMax && filled.includes('${'); pass += 1) {
    const match = innermost.exec(filled)
    if (match === null) return undefined
    const [whole, name = '', fallback] = match
    const property = propertyOf(name.trim())
    const value = property ?? fallback
    if (value === undefined) return undefined
    origins.push(property === undefined ? `default of \${${name}}` : `value of \${${name}}`)
    filled = filled.slice(0, match.index) + value + filled.slice(match.index + whole.length)
    if (filled.length > lengthMax) return undefined
  }
  if (filled.includes('${') || origins.length === 0) return undefined
  return { text: filled, origin: [...new Set(origins)].slice(0, 3).join(' and ') }
}
