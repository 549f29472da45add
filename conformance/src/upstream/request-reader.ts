/** The head of a request. */
export interface RequestHead {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

export interface RequestParts {
  head(head: RequestHead): void
  /** More of the body. */
  body(text: string): void
  /** The request is complete. */
  end(): void
}

/** Cuts the bytes of one HTTP/1.1 connection into requests: bodies by `content-length`, or chunked. */
export class RequestReader {
  readonly #parts: RequestParts
  #text: string = ''
  /** Bytes of the body that are still to come; undefined while a head is awaited. */
  #left: number | 'chunked' | undefined = undefined

  constructor(parts: RequestParts) {
    this.#parts = parts
  }

  /** Latin-1 keeps one character for each byte, so that lengths in bytes are lengths of the text. */
  push(bytes: Buffer): void {
    this.#text += bytes.toString('latin1')
    while (this.#step());
  }

  /** Whether it came further. */
  #step(): boolean {
    if (this.#left === undefined) return this.#head()
    return this.#left === 'chunked' ? this.#chunk() : this.#plain(this.#left)
  }

  #head(): boolean {
    const end = this.#text.indexOf('\r\n\r\n')
    if (end < 0) return false
    const [line = '', ...lines] = this.#text.slice(0, end).split('\r\n')
    const [method = '', path = ''] = line.split(' ')
    const headers = Object.fromEntries(lines.map(readHeader))
    this.#text = this.#text.slice(end + 4)
    this.#left =
      headers['transfer-encoding'] === 'chunked' ? 'chunked' : Number(headers['content-length'] ?? 0)
    this.#parts.head({ method, path, headers })
    return true
  }

  #plain(left: number): boolean {
    const text = this.#take(Math.min(left, this.#text.length))
    if (text !== '') this.#parts.body(text)
    this.#left = left - text.length
    if (this.#left > 0) return false
    this.#end()
    return true
  }

  #chunk(): boolean {
    const lineEnd = this.#text.indexOf('\r\n')
    if (lineEnd < 0) return false
    const size = Number.parseInt(this.#text.slice(0, lineEnd), 16)
    if (size === 0) {
      const trailersEnd = this.#text.indexOf('\r\n\r\n', lineEnd)
      if (trailersEnd < 0) return false
      this.#take(trailersEnd + 4)
      this.#end()
      return true
    }
    if (this.#text.length < lineEnd + 2 + size + 2) return false
    this.#take(lineEnd + 2)
    this.#parts.body(this.#take(size))
    this.#take(2)
    return true
  }

  #end(): void {
    this.#left = undefined
    this.#parts.end()
  }

  #take(length: number): string {
    const taken = this.#text.slice(0, length)
    this.#text = this.#text.slice(length)
    return taken
  }
}

function readHeader(line: string): [name: string, value: string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
}
