/** What the platform's `fetch` takes; its own name for it is not a global one in Node's types. */
type BodyInit = NonNullable<RequestInit['body']>

export type ByteStream = AsyncIterable<Uint8Array | string>

/** What `fetch` takes as a body, and a function that makes one anew for each attempt. */
export type BodyInput = BodyInit | ByteStream | (() => BodyInit | ByteStream | null) | null

/** What the transport takes. */
export type WireBody = string | Uint8Array | ByteStream | null

/** The body of a request, for as many attempts as it can be sent. */
export interface RequestBody {
  /** The type to announce when the caller has not. */
  readonly contentType: string | undefined
  /** Whether `open` would give the same bytes again. */
  readonly replayable: boolean
  /** Whether two attempts may send it at the same time, as a hedge does. */
  readonly shareable: boolean
  /** The bytes, when they are in memory as a whole. */
  readonly whole: string | Uint8Array | undefined
  /** Bytes in all, where they are known before the body is read. */
  readonly byteLength: number | undefined
  /** The body for the next attempt. */
  open(): WireBody
  /** No attempt will follow; lets go of what is not read, and tells a stream why, if there is a reason. */
  close(reason?: Error): void
}
