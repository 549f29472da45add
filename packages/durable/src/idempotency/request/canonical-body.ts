/**
 * A body in the form in which two bodies of the same meaning are equal, as text that begins with how it was read.
 *
 * Clients write their JSON anew for each try, and its spaces and the order of its keys may change on the way. Whatever
 * `JSON.parse` would lose (digits of a large number, a key that stands twice, an escape) makes a body count byte for
 * byte: two payments must never look the same because of what was lost.
 */
export function canonicalBody(body: Uint8Array, contentType: string | undefined): string {
  if (body.length === 0) return 'none'
  if (contentType === undefined || !isJson(contentType)) return bytes(body)
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
  try {
    const value: unknown = JSON.parse(text)
    if (JSON.stringify(value) !== withoutSpaces(text)) return bytes(body)
    return canonicalValue(value)
  } catch {
    // Not JSON, or nested too deeply to be written again.
    return bytes(body)
  }
}

/** The same for a body that somebody has parsed already. */
export function canonicalValue(value: unknown): string {
  return `json:${JSON.stringify(sorted(value))}`
}

function isJson(contentType: string): boolean {
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase()
  return type === 'application/json' || type.endsWith('+json')
}

const bytes = (body: Uint8Array): string =>
  `bytes:${Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64')}`

/** JSON without the spaces that stand outside of strings. */
function withoutSpaces(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|[ \t\r\n]+/g, (part) => (part.startsWith('"') ? part : ''))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  // A list of pairs: an object would move keys that look like numbers to its front, and take __proto__ for its own.
  return { pairs: entries.map(([key, part]) => [key, sorted(part)]) }
}
