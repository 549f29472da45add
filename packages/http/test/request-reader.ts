/** A request as it came over the wire. */
export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Which connection it came on, counted from 1. */
  readonly connection: number
}

/** Cuts the bytes of one connection into requests: bodies by `content-length`, or chunked. */
export class RequestReader {
  readonly #connection: number
  #bytes: string = ''

  constructor(connection: number) {
    this.#connection = connection
  }

  /** Latin-1 keeps one character for each byte, so that lengths in bytes are lengths of the string. */
  push(chunk: Buffer): void {
    this.#bytes += chunk.toString('latin1')
  }

  /** The next request that is there in full. */
  next(): ReceivedRequest | undefined {
    const headEnd = this.#bytes.indexOf('\r\n\r\n')
    if (headEnd < 0) return undefined
    const [requestLine = '', ...lines] = this.#bytes.slice(0, headEnd).split('\r\n')
    const headers = Object.fromEntries(lines.map(readHeader))
    const bodyStart = headEnd + 4
    const end = this.#bodyEnd(bodyStart, headers)
    if (end > this.#bytes.length) return undefined
    const [method = '', path = ''] = requestLine.split(' ')
    const body = this.#bytes.slice(bodyStart, end)
    this.#bytes = this.#bytes.slice(end)
    return { method, path, headers, body, connection: this.#connection }
  }

  #bodyEnd(start: number, headers: Readonly<Record<string, string>>): number {
    if (headers['transfer-encoding'] !== 'chunked') return start + Number(headers['content-length'] ?? 0)
    const last = '0\r\n\r\n'
    if (this.#bytes.startsWith(last, start)) return start + last.length
    const end = this.#bytes.indexOf(`\r\n${last}`, start)
    return end < 0 ? Infinity : end + 2 + last.length
  }
}

function readHeader(line: string): [name: string, value: string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
}
