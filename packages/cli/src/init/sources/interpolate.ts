/** Values by name, as a `.env` file sets them. */
export type Variables = ReadonlyMap<string, string>

const LENGTH_MAX = 4_096
const REFERENCE = /\$(?:\$|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?+])([^}]*))?\})/g

/**
 * Replaces `$NAME`, `${NAME}`, `${NAME:-default}` and `${NAME:+instead}` in a text, as Compose does. A name without a
 * value becomes nothing; `$$` is a dollar sign.
 */
export function interpolate(text: string, variables: Variables): string {
  const replaced = text.replace(
    REFERENCE,
    (match, plain?: string, braced?: string, operator?: string, word = '') => {
      if (match === '$$') return '$'
      const value = variables.get(plain ?? braced ?? '')
      const isSet = operator?.startsWith(':') === true ? (value ?? '') !== '' : value !== undefined
      if (operator?.endsWith('+') === true) return isSet ? word : ''
      return isSet ? (value ?? '') : operator?.endsWith('-') === true ? word : ''
    },
  )
  return replaced.slice(0, LENGTH_MAX)
}

/** Replaces references in every text of a document. What is shared stays shared, so that aliases cost nothing. */
export function interpolateAll(
  value: unknown,
  variables: Variables,
  done: Map<unknown, unknown> = new Map(),
): unknown {
  if (typeof value === 'string') return interpolate(value, variables)
  if (typeof value !== 'object' || value === null) return value
  if (done.has(value)) return done.get(value)
  if (Array.isArray(value)) {
    const list: unknown[] = []
    done.set(value, list)
    for (const item of value as unknown[]) list.push(interpolateAll(item, variables, done))
    return list
  }
  const map: Record<string, unknown> = {}
  done.set(value, map)
  for (const [key, item] of Object.entries(value)) map[key] = interpolateAll(item, variables, done)
  return map
}

/** Reads a `.env` file: `NAME=value` lines, quotes and comments, references to the names above. */
export function readVariables(text: string): Variables {
  const variables = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, name = '', given = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (name === '') continue
    const [, quote, quoted = ''] = /^(["'])(.*)\1/.exec(given) ?? []
    const value = quote === undefined ? given.replace(/\s+#.*$/, '') : quoted
    variables.set(name, quote === "'" ? value : interpolate(value, variables))
  }
  return variables
}
