const LENGTH_MAX = 255

/** `"..."` with `\"` and `\\` as its only escapes: a string of RFC 8941, section 3.3.3, in printable ASCII. */
const QUOTED = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/

/** Printable ASCII without what would make two keys, or a list or parameters, look like one key. */
const BARE = /^[!#-+\--:<-[\]-~]+$/

export type KeyReading = { readonly key: string } | { readonly problem: string } | undefined

/**
 * Reads the header `Idempotency-Key`: a string of RFC 8941, as the draft of the IETF asks for, or the bare form that most
 * clients send. `"abc"` and `abc` are the same key. Undefined: there is none.
 */
export function readIdempotencyKey(header: string | undefined): KeyReading {
  if (header === undefined) return undefined
  const value = header.trim()
  const quoted = QUOTED.exec(value)?.[1]
  const key = quoted?.replaceAll(/\\(.)/g, '$1') ?? (BARE.test(value) ? value : undefined)
  if (key === undefined) {
    return { problem: 'Idempotency-Key must be one string of printable ASCII, such as "8e03978e-40d5-43dd"' }
  }
  if (key.length === 0 || key.length > LENGTH_MAX) {
    return { problem: `Idempotency-Key must have 1 to ${LENGTH_MAX} characters, got ${key.length}` }
  }
  return { key }
}
