/** Names and values in turn, as they came. */
export type RawHeaders = readonly (Buffer | string)[]

/** The first value of a header, or undefined. `name` in lower case. Linear, and allocates for matches only. */
export function findHeader(raw: RawHeaders, name: string): string | undefined {
  for (let index = 0; index < raw.length; index += 2) {
    const key = raw[index]!
    // Lengths differ nearly always, and are compared without making a string.
    if (key.length === name.length && text(key).toLowerCase() === name) return text(raw[index + 1]!)
  }
  return undefined
}

/** All values of a header, as one list (RFC 9110, section 5.3): it may come in several lines. */
export function listHeader(raw: RawHeaders, name: string): string | undefined {
  let list: string | undefined = undefined
  for (let index = 0; index < raw.length; index += 2) {
    const key = raw[index]!
    if (key.length !== name.length || text(key).toLowerCase() !== name) continue
    const value = text(raw[index + 1]!)
    list = list === undefined ? value : `${list}, ${value}`
  }
  return list
}

/** As the web's `Headers`. */
export function toHeaders(raw: RawHeaders): Headers {
  const headers = new Headers()
  for (let index = 0; index < raw.length; index += 2) {
    headers.append(text(raw[index]!), text(raw[index + 1]!))
  }
  return headers
}

/** Headers are bytes (RFC 9110, section 5.5), and so the web's are Latin-1. */
function text(part: Buffer | string): string {
  return typeof part === 'string' ? part : part.toString('latin1')
}
