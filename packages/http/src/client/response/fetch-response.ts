import { Readable } from 'node:stream'
import type { UnsettledResult } from '@watertight/policy'
import type { Verdict } from '@watertight/traffic'
import type { AnswerOutcome } from '../call/answer-outcome.js'
import type { IncomingBody } from './incoming-body.js'
import { findHeader, type RawHeaders, toHeaders } from './raw-headers.js'
import { watchForgotten } from './watch-forgotten.js'

/** What a response came from. */
export interface ResponseSource {
  /** What the answer counts as. */
  readonly verdict: Verdict
  /** When the call must be over that it answers. */
  readonly deadline: number
  /** When the first attempt of its call began. */
  readonly beganAt: number
  /** When its own attempt began. */
  readonly startedAt: number
  /** When its head came. */
  readonly answeredAt: number
  /** Bytes of the body that have come by now. */
  readonly encodedBytes: number
  readonly decodedBytes: number
  /** It has ended, its body included. */
  readonly over: boolean
  /** What it comes to when all of it is there. */
  readonly outcome: AnswerOutcome
  /** Whether its request may be sent again. */
  mayTryAgain(): boolean
  /** Calls back once all of it has come, its body included; at once if it has. */
  whenWhole(callback: () => void): void
  /** Ends it, if it is still under way. */
  abandon(reason: Error): void
  /** The head was handed on while the body is still coming: limits it from here on. */
  watchBody(deadline: number, totalMs: number, signal: AbortSignal | undefined): void
}

/** What a response is made from. */
export interface ResponseHead {
  readonly status: number
  readonly statusText: string
  readonly url: string
  readonly rawHeaders: RawHeaders
}

/**
 * A web `Response` whose parts are made when they are asked for: `headers` on first reading, the stream when `body`
 * is touched, and neither for the usual `await response.json()`.
 *
 * It is an `instanceof Response` and does what one does, but the platform's constructor never ran for it, because
 * that costs as much as the whole exchange (22 µs in Node 20, against 25 µs). Where the platform's own object is
 * demanded, `new Response(response.body, response)` makes one.
 */
export class FetchResponse {
  readonly status: number
  readonly statusText: string
  readonly url: string
  readonly #head: ResponseHead
  readonly #source: ResponseSource
  readonly #incoming: IncomingBody | undefined
  /** The caller's: its abort also takes a body away that has come and was not read. */
  #signal: AbortSignal | undefined = undefined
  #redirected: boolean = false
  #headers: Headers | undefined = undefined
  #stream: ReadableStream<Uint8Array> | undefined = undefined
  #read: boolean = false

  constructor(head: ResponseHead, incoming: IncomingBody | undefined, source: ResponseSource) {
    this.#head = head
    this.#source = source
    this.status = head.status
    this.statusText = head.statusText
    this.url = head.url
    this.#incoming = incoming
  }

  /** The caller's signal takes effect on the body, also after all of it has come. */
  static bind(response: FetchResponse, signal: AbortSignal): void {
    response.#signal = signal
  }

  /** It is not from where the request was first sent. */
  static markRedirected(response: FetchResponse): void {
    response.#redirected = true
  }

  /** What a response came from. */
  static sourceOf(response: FetchResponse): ResponseSource {
    return response.#source
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300
  }

  get type(): 'basic' {
    return 'basic'
  }

  get redirected(): boolean {
    return this.#redirected
  }

  get headers(): Headers {
    return (this.#headers ??= toHeaders(this.#head.rawHeaders))
  }

  /** One header without making all of them. `name` in lower case. */
  header(name: string): string | undefined {
    return findHeader(this.#head.rawHeaders, name)
  }

  /** Whether its request may be sent again. */
  mayTryAgain(): boolean {
    return this.#source.mayTryAgain()
  }

  get verdict(): Verdict {
    return this.#source.verdict
  }

  get unsettled(): UnsettledResult | undefined {
    return this.#source.outcome.unsettled
  }

  get body(): ReadableStream<Uint8Array> | null {
    if (this.#stream !== undefined || this.#incoming === undefined) return this.#stream ?? null
    this.#stream = this.#read ? endedStream() : this.#incoming.stream()
    if (!this.#source.over) watchForgotten(this.#stream, this.#source, this)
    return this.#stream
  }

  get bodyUsed(): boolean {
    return this.#read || (this.#stream !== undefined && isDisturbed(this.#stream))
  }

  async text(): Promise<string> {
    return decode(this.#whole() ?? (await this.#collect()))
  }

  async json(): Promise<unknown> {
    return JSON.parse(decode(this.#whole() ?? (await this.#collect())))
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer as ArrayBuffer
  }

  async bytes(): Promise<Uint8Array> {
    // A copy: what came in lies in memory that the next response of the connection may share.
    return new Uint8Array(this.#whole() ?? (await this.#collect()))
  }

  async blob(): Promise<Blob> {
    const bytes = await this.bytes()
    return new Blob([bytes], { type: this.header('content-type') ?? '' })
  }

  async formData(): Promise<FormData> {
    const bytes = await this.bytes()
    return new Response(bytes as Uint8Array<ArrayBuffer>, { headers: this.headers }).formData()
  }

  /** A second response with the same body: both can be read, and what one has not read yet is kept for it. */
  clone(): Response {
    if (this.bodyUsed || this.#stream?.locked === true) {
      throw new TypeError('cannot clone response: its body is already used')
    }
    const { body } = this
    const copy = new FetchResponse(this.#head, undefined, this.#source)
    copy.#signal = this.#signal
    copy.#redirected = this.#redirected
    if (body !== null) [this.#stream, copy.#stream] = body.tee()
    return copy
  }

  /** How many bytes the whole body has, as far as that is known already. */
  get knownBytes(): number | undefined {
    if (this.#incoming === undefined) return 0
    if (this.#incoming.ended) return this.#incoming.whole?.length
    if (this.header('content-encoding') !== undefined) return undefined
    const announced = this.header('content-length')
    return announced === undefined ? undefined : Number(announced)
  }

  /** A copy of the whole body, which can still be read afterwards. */
  async peek(): Promise<Uint8Array> {
    return this.#incoming === undefined ? EMPTY : new Uint8Array(await this.#incoming.collect())
  }

  /**
   * Hands over a copy of the body once all of it is there, unless it is longer than `bytesMax` or was read in parts. Not
   * this response is held meanwhile, but its body, for a response that is forgotten must be found.
   */
  whenWhole(bytesMax: number, callback: (body: Uint8Array) => void): void {
    const incoming = this.#incoming
    if (incoming === undefined) return callback(EMPTY)
    this.#source.whenWhole(() => {
      const body = incoming.received <= bytesMax ? incoming.intact : undefined
      if (body !== undefined) callback(new Uint8Array(body))
    })
  }

  /** Throws the body away. */
  discard(): void {
    if (this.#incoming === undefined || this.#read) return
    if (this.#stream !== undefined) {
      void this.#stream.cancel().catch(() => {})
      return
    }
    this.#read = true
    this.#incoming.discard()
  }

  /** The body if it is there in whole, and nobody has touched it. */
  #whole(): Buffer | undefined {
    this.#claim()
    if (this.#stream !== undefined) return undefined
    return this.#incoming === undefined ? EMPTY : this.#incoming.whole
  }

  #claim(): void {
    if (this.bodyUsed) throw new TypeError('Body is unusable: Body has already been read')
    if (this.#stream?.locked === true) throw new TypeError('cannot read body: its stream is locked')
    this.#read = this.#incoming !== undefined || this.#stream !== undefined
    if (this.#signal?.aborted === true && this.#read) throw this.#signal.reason
  }

  async #collect(): Promise<Buffer> {
    if (this.#stream === undefined) return this.#incoming!.collect()
    // The platform reads its own streams at once; `bodyUsed` is told by the flag.
    return Buffer.from(await new Response(this.#stream).arrayBuffer())
  }
}

// `instanceof Response` asks for the chain of prototypes, which is all that the web's brand can be without its price.
Object.setPrototypeOf(FetchResponse.prototype, Response.prototype)

const EMPTY = Buffer.alloc(0)

/** What is left of a body that was read by other means: who wants to read it again is told, and gets no empty one. */
function endedStream(): ReadableStream<Uint8Array> {
  const stream = new ReadableStream<Uint8Array>({ start: (controller) => controller.close() })
  stream.getReader()
  return stream
}

/** UTF-8 as the web decodes it: a byte order mark is dropped, and what is not UTF-8 is replaced. */
function decode(bytes: Buffer): string {
  const start = bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  return bytes.toString('utf8', start)
}

/** Whether a stream was read from or cancelled. Node's types know its own streams only. */
const isDisturbed = (stream: ReadableStream): boolean => Readable.isDisturbed(stream as unknown as Readable)
