import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import { Readable } from 'node:stream'
import type { Answer, CallerRequest } from '../driver.js'
import { answerFromWire, failureOnWire } from './answer-from-wire.js'

/** As `Http1Caller`, in HTTP/2: with TLS to an `https:` origin, and with prior knowledge to an `http:` one. */
export class Http2Caller {
  readonly #authority: string | undefined
  readonly #sessions: Map<string, ClientHttp2Session> = new Map()

  /** @param authority a certificate to trust, as PEM */
  constructor(authority?: string) {
    this.#authority = authority
  }

  send(origin: string, { method, path, headers, body, signal, onBody }: CallerRequest): Promise<Answer> {
    const stream = this.#sessionTo(origin).request({ ':method': method, ':path': path, ...headers })
    const answer = answerOn(stream, onBody)
    signal?.addEventListener('abort', () => stream.destroy(new DOMException('given up', 'AbortError')))
    if (body === undefined || typeof body === 'string') stream.end(body)
    else
      Readable.from(body)
        .on('error', () => stream.destroy())
        .pipe(stream)
    return answer
  }

  close(): void {
    for (const session of this.#sessions.values()) session.destroy()
  }

  #sessionTo(origin: string): ClientHttp2Session {
    const known = this.#sessions.get(origin)
    if (known !== undefined && !known.closed && !known.destroyed) return known
    const session = connect(origin, { ca: this.#authority })
    // Told to each of its streams as well.
    session.on('error', () => undefined)
    this.#sessions.set(origin, session)
    return session
  }
}

function answerOn(stream: ClientHttp2Stream, onBody: () => void): Promise<Answer> {
  return new Promise((resolve) => {
    let isAnswered = false
    stream.on('response', (headers) => {
      isAnswered = true
      void answerFromWire(headers[':status']!, headers, stream, onBody).then(resolve)
    })
    stream.on('error', (error) => {
      if (!isAnswered) resolve(failureOnWire(error))
    })
    stream.on('close', () => {
      if (!isAnswered) resolve(failureOnWire(Object.assign(new Error('no answer'), { code: 'ECONNRESET' })))
    })
  })
}
