import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { KeptAnswer } from '../answer/kept-answer.js'
import type { Completion } from '../claimed-run.js'
import { headersOf } from './headers-of.js'
import { writeKeptAnswer } from './write-kept-answer.js'

const EVENT_STREAM = /^text\/event-stream\b/i

/** What becomes of what a handler answers. */
export interface AnswerHandling {
  /** Keeps the answer, and resolves to what is to be sent. */
  readonly complete: (answer: KeptAnswer) => Promise<Completion>
  /** The handler has ended the connection instead of its answer. */
  readonly onGivenUp: () => void
  /** An answer could not be sent. */
  readonly onFailure: (error: unknown) => void
}

type Callback = (error?: Error | null) => void
type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[]

/**
 * Holds what a handler writes to its response, until it is kept. For the handler all is as usual, also when its caller has
 * left meanwhile: what it answers is kept for the next try.
 *
 * An answer that is too long, or an event stream, goes out as it is written; only its end is held.
 */
export class CapturedResponse {
  private readonly response: ServerResponse
  private readonly bytesMax: number
  private readonly handed: AnswerHandling
  private readonly before: OutgoingHttpHeaders
  private readonly chunks: Buffer[] = []
  private bytes: number = 0
  private hasHead: boolean = false
  private isEnded: boolean = false
  private isPassing: boolean = false
  private socket: ServerResponse['socket']

  constructor(response: ServerResponse, bytesMax: number, handed: AnswerHandling) {
    this.response = response
    this.bytesMax = bytesMax
    this.handed = handed
    this.before = { ...response.getHeaders() }
    this.socket = response.socket
    this.shadow()
  }

  get hasEnded(): boolean {
    return this.isEnded
  }

  private shadow(): void {
    const { response } = this
    Object.assign(response, {
      writeHead: (status: number, ...rest: unknown[]) => this.writeHead(status, rest),
      flushHeaders: () => this.beginBody(),
      write: (chunk: unknown, ...rest: unknown[]) => this.write(chunk, rest),
      end: (...given: unknown[]) => this.end(given),
      destroy: (error?: Error) => this.destroy(error),
    })
    const shadows = {
      headersSent: () => this.hasHead,
      writableEnded: () => this.isEnded,
      finished: () => this.isEnded,
      // A framework that finds no living socket would not answer at all, and there would be nothing to keep.
      socket: () => (response.destroyed ? null : this.socket),
    }
    for (const [name, get] of Object.entries(shadows)) {
      Object.defineProperty(response, name, {
        configurable: true,
        get,
        set: (value: ServerResponse['socket']) => {
          if (name === 'socket') this.socket = value
        },
      })
    }
  }

  private unshadow(names: readonly string[]): void {
    const { response, socket } = this
    for (const name of names) Reflect.deleteProperty(response, name)
    if (!names.includes('socket')) return
    Object.defineProperty(response, 'socket', {
      configurable: true,
      enumerable: true,
      writable: true,
      value: socket,
    })
  }

  private writeHead(status: number, rest: unknown[]): ServerResponse {
    const { response } = this
    if (this.hasHead) {
      throw Object.assign(new Error('cannot write the head of the answer: it has been written'), {
        code: 'ERR_HTTP_HEADERS_SENT',
      })
    }
    const [message, headers] = typeof rest[0] === 'string' ? rest : [undefined, rest[0]]
    response.statusCode = status
    if (typeof message === 'string') response.statusMessage = message
    setHeaders(response, headers as Headers | undefined)
    this.beginBody()
    return response
  }

  private beginBody(): void {
    this.hasHead = true
    const type = this.response.getHeader('content-type')
    if (!this.isPassing && typeof type === 'string' && EVENT_STREAM.test(type)) this.pass()
  }

  private write(chunk: unknown, rest: unknown[]): boolean {
    if (!this.hasHead) this.beginBody()
    const bytes = bytesOf(chunk, rest[0])
    if (this.isPassing) return this.response.write(bytes, callbackIn(rest))
    this.chunks.push(bytes)
    this.bytes += bytes.length
    if (this.bytes > this.bytesMax) this.pass()
    const callback = callbackIn(rest)
    if (callback !== undefined) process.nextTick(callback)
    return true
  }

  /** From here on it goes out as it is written. */
  private pass(): void {
    const { response } = this
    this.isPassing = true
    this.unshadow(['writeHead', 'flushHeaders', 'write', 'headersSent', 'socket'])
    if (response.destroyed) return
    response.writeHead(response.statusCode)
    response.flushHeaders()
    for (const chunk of this.chunks.splice(0)) response.write(chunk)
  }

  private end(given: unknown[]): ServerResponse {
    const { response } = this
    if (this.isEnded) return response
    const [chunk, ...rest] = typeof given[0] === 'function' ? [undefined, ...given] : given
    if (chunk !== undefined && chunk !== null) this.write(chunk, rest.slice(0, 1).filter(isText))
    if (!this.hasHead) this.beginBody()
    this.isEnded = true
    const { statusCode: status } = response
    const headers = headersOf(response, this.before)
    const body = this.isPassing ? undefined : Buffer.concat(this.chunks)
    const callback = callbackIn(rest)
    this.handed
      .complete({ status, headers, body })
      .then((completion) => this.send(completion, headers, callback))
      .catch((error: unknown) => this.handed.onFailure(error))
    return response
  }

  /** Node looks for the socket when the response counts as destroyed already. */
  private destroy(error: Error | undefined): ServerResponse {
    this.unshadow(this.isPassing ? ['destroy'] : ['destroy', 'socket'])
    this.response.destroy(error)
    if (!this.isEnded) this.handed.onGivenUp()
    return this.response
  }

  private send(
    { kind, answer }: Completion,
    given: KeptAnswer['headers'],
    callback: Callback | undefined,
  ): void {
    const { response } = this
    this.unshadow(['end', 'destroy', 'writableEnded', 'finished'])
    if (!this.isPassing) this.unshadow(['writeHead', 'flushHeaders', 'write', 'headersSent', 'socket'])
    if (callback !== undefined) response.once('close', () => callback())
    if (response.destroyed) {
      if (callback !== undefined) callback()
    } else if (this.isPassing && kind === 'lost') {
      // What has gone out is not the answer that others will get: it must not look whole.
      response.destroy()
    } else if (this.isPassing) response.end()
    else {
      for (const [name] of given) response.removeHeader(name)
      // The answer has a length by now, and an answer with a length has no trailers.
      for (const name of ['trailer', 'transfer-encoding']) response.removeHeader(name)
      writeKeptAnswer(response, answer)
    }
  }
}

function setHeaders(response: ServerResponse, headers: Headers | undefined): void {
  if (headers === undefined) return
  if (!Array.isArray(headers)) {
    for (const [name, value] of Object.entries(headers))
      if (value !== undefined) response.setHeader(name, value)
    return
  }
  const flat = headers.flat() as string[]
  const seen = new Set<string>()
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const name = flat[index]!
    const value = flat[index + 1]!
    if (seen.has(name.toLowerCase())) response.appendHeader(name, value)
    else response.setHeader(name, value)
    seen.add(name.toLowerCase())
  }
}

function bytesOf(chunk: unknown, encoding: unknown): Buffer {
  if (typeof chunk === 'string') {
    return Buffer.from(chunk, isText(encoding) ? (encoding as BufferEncoding) : 'utf8')
  }
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  throw new TypeError(`cannot write the answer: chunk must be a text or bytes, got ${typeof chunk}`)
}

const isText = (value: unknown): value is string => typeof value === 'string'

function callbackIn(rest: readonly unknown[]): Callback | undefined {
  return rest.find((value): value is Callback => typeof value === 'function')
}
