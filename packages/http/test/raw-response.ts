export interface RawResponse {
  /** Default `200 OK`. */
  readonly status?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Default `hello`. */
  readonly body?: string
  /** What `content-length` claims; `false` leaves it out. Default the truth. */
  readonly contentLength?: number | false
}

/** The bytes of an HTTP/1.1 response, honest unless told otherwise. */
export function rawResponse(response: RawResponse = {}): string {
  const { status = '200 OK', headers = {}, body = 'hello' } = response
  const { contentLength = Buffer.byteLength(body) } = response
  const all = contentLength === false ? headers : { 'content-length': String(contentLength), ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`
}

/** The same with a chunked body, one chunk for each part. */
export function chunkedResponse(
  parts: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): string {
  const chunks = parts.map((part) => `${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`)
  return rawResponse({
    headers: { 'transfer-encoding': 'chunked', ...headers },
    contentLength: false,
    body: `${chunks.join('')}0\r\n\r\n`,
  })
}
