import { Readable } from 'node:stream'
import { isAnyArrayBuffer } from 'node:util/types'
import { messageOf, RequestError } from '../failure/request-error.js'
import { randomId } from '../../runtime/random.js'
import { MadeBody } from './made-body.js'
import { multipartForm } from './multipart-form.js'
import { PartsBody } from './parts-body.js'
import { ReplayableStream, unreadable } from './replayable-stream.js'
import type { BodyInput, ByteStream, RequestBody, WireBody } from './request-body.js'
import { StreamedBody } from './streamed-body.js'

/**
 * Makes a body of what the caller gave; `undefined` for none.
 *
 * @throws {RequestError} for a stream that was read, or is being read
 */
export function bodyOf(input: BodyInput | undefined, replayBytesMax: number): RequestBody | undefined {
  if (input === undefined || input === null) return undefined
  if (typeof input === 'string') return new FixedBody(input, 'text/plain;charset=UTF-8')
  // Views and buffers of other realms too, such as those of a test runner or a `vm` context.
  if (ArrayBuffer.isView(input)) {
    return new FixedBody(new Uint8Array(input.buffer, input.byteOffset, input.byteLength), undefined)
  }
  if (isAnyArrayBuffer(input)) return new FixedBody(new Uint8Array(input), undefined)
  if (typeof input === 'function') return new MadeBody(() => bodyOf(made(input), 0))
  if (input instanceof URLSearchParams) {
    const said: unknown = input
    return new FixedBody(String(said), 'application/x-www-form-urlencoded;charset=UTF-8')
  }
  // Those of other makes too, which older libraries bring along.
  if (isBlob(input)) return new PartsBody([input], input.size, input.type || undefined)
  if (isForm(input)) {
    const { parts, byteLength, contentType } = multipartForm(input, randomId())
    return new PartsBody(parts, byteLength, contentType)
  }
  if (typeof input === 'object' && Symbol.asyncIterator in input) {
    const { errored } = input as Partial<Readable>
    if (errored instanceof Error) throw unreadable(errored)
    if (isUsed(input)) throw new RequestError('cannot fetch: the body is a stream that is already used')
    return new StreamedBody(new ReplayableStream(input as ByteStream, replayBytesMax))
  }
  // Anything else is what it says, as the web has it.
  const said: unknown = input
  return new FixedBody(String(said), 'text/plain;charset=UTF-8')
}

/** What the caller's function makes for one attempt. */
function made(make: () => BodyInput): BodyInput {
  let body: BodyInput
  try {
    body = make()
  } catch (cause) {
    throw new RequestError(`cannot make the request's body: ${messageOf(cause)}`, cause)
  }
  // Told in words, it would be sent as `[object Promise]`.
  if (typeof (body as { then?: unknown } | null)?.then === 'function')
    throw new RequestError("cannot make the request's body: its function must not answer with a promise")
  return body
}

/** Sent again, a stream that was read would be an empty body, or the rest of one, which nobody meant to send. */
function isUsed(stream: object): boolean {
  return (stream as Partial<ReadableStream>).locked === true || Readable.isDisturbed(stream as Readable)
}

function isBlob(value: object): value is Blob {
  return /^(Blob|File)$/.test(tagOf(value)) && typeof (value as Partial<Blob>).stream === 'function'
}

function isForm(value: object): value is FormData {
  return tagOf(value) === 'FormData' && Symbol.iterator in value
}

function tagOf(value: object): string {
  return String((value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag])
}

/** Text or bytes in memory. */
class FixedBody implements RequestBody {
  readonly replayable = true
  readonly shareable = true
  readonly contentType: string | undefined
  readonly whole: string | Uint8Array
  /** The transport counts them itself. */
  readonly byteLength = undefined

  constructor(bytes: string | Uint8Array, contentType: string | undefined) {
    this.whole = bytes
    this.contentType = contentType
  }

  open(): WireBody {
    return this.whole
  }

  close(): void {}
}
