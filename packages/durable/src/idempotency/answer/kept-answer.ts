/** A whole answer, as the handler gave it. */
export interface KeptAnswer {
  readonly status: number
  /** In the order in which they were set; a header that was set several times has a list. */
  readonly headers: readonly (readonly [name: string, value: string | readonly string[]])[]
  /** Undefined where the body was longer than may be kept: the request is done, and its answer cannot be given again. */
  readonly body: Uint8Array | undefined
}

/** An answer as text, for stores that keep text. */
export function encodeAnswer({ status, headers, body }: KeptAnswer): string {
  return JSON.stringify({
    status,
    headers,
    body:
      body === undefined
        ? null
        : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64'),
  })
}

export function decodeAnswer(text: string): KeptAnswer {
  const { status, headers, body } = JSON.parse(text) as {
    status: number
    headers: KeptAnswer['headers']
    body: string | null
  }
  return { status, headers, body: body === null ? undefined : Buffer.from(body, 'base64') }
}
