import { fieldValue } from '../hpack/index.js'

/** Headers of one connection, which HTTP/2 does not have (RFC 9113, section 8.2.2). */
export const connectionHeaders: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

/** The head of an answer of HTTP/2 in the letters of HTTP/1.1. `isEmpty`: it has ended with its head. */
export function answerText(raw: readonly string[], isEmpty: boolean): string {
  const at = raw.indexOf(':status')
  const status = at < 0 ? '' : raw[at + 1]!
  const lines = headerLines(raw)
  const mayHaveLength = status !== '204' && status !== '304'
  const isFramed = !isEmpty || !mayHaveLength || raw.includes('content-length')
  return `HTTP/1.1 ${status} \r\n${lines}${isFramed ? '' : 'content-length: 0\r\n'}\r\n`
}

/** Header lines as HTTP/2 wants them. Names are in lower case there. */
export function headerObject(lines: string): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (let start = 0, end = 0; start < lines.length; start = end + 2) {
    end = lines.indexOf('\r\n', start)
    if (end < 0) end = lines.length
    const colon = lines.indexOf(':', start)
    if (colon <= start || colon > end) continue
    const name = lines.slice(start, colon).toLowerCase()
    const value = fieldValue(lines, colon + 1, end)
    const former = headers[name]
    if (former === undefined) headers[name] = value
    else if (typeof former === 'string') headers[name] = [former, value]
    else former.push(value)
  }
  return headers
}

/** Names and values in turn as header lines: trailers, or the head of an answer without its status. */
export function headerLines(raw: readonly string[]): string {
  let lines = ''
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!
    if (!name.startsWith(':') && !connectionHeaders.has(name)) lines += `${name}: ${raw[index + 1]}\r\n`
  }
  return lines
}
