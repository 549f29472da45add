import type { SelfSignedCertificate } from '@watertight/http/testing'
import { once } from 'node:events'
import {
  constants,
  createSecureServer,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Reply } from '../scenario/endpoint-schema.js'
import type { Endpoint } from './endpoint.js'
import { pause } from '../run/pause.js'
import type { RecordedRequest } from './recorded-request.js'
import type { Recorder } from './recorder.js'
import type { ReplyScript } from './reply-script.js'

/** An endpoint that speaks HTTP/2 over TLS. */
export class Http2Endpoint implements Endpoint {
  readonly name: string
  readonly #script: ReplyScript
  readonly #recorder: Recorder
  readonly #server: Http2SecureServer
  readonly #sessions: Map<ServerHttp2Session, number> = new Map()
  #port: number = 0

  constructor(name: string, script: ReplyScript, recorder: Recorder, certificate: SelfSignedCertificate) {
    this.name = name
    this.#script = script
    this.#recorder = recorder
    this.#server = createSecureServer({ ...certificate })
    this.#server.on('session', (session) => {
      this.#sessions.set(session, recorder.connected())
      session.on('error', () => undefined)
      session.on('close', () => this.#sessions.delete(session))
    })
    this.#server.on('stream', (stream: ServerHttp2Stream, headers) => this.#serve(stream, headers))
  }

  /** By name, as the certificate has it. */
  get origin(): string {
    return `https://localhost:${this.#port}`
  }

  async start(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const session of this.#sessions.keys()) session.destroy()
    await closed
  }

  #serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const { ':method': method = '', ':path': path = '', ...fields } = headers
    const plain = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]))
    const head = { method, path, headers: plain }
    if (!this.#recorder.knows(head)) {
      stream.respond({ ':status': 200 }, { endStream: true })
      return
    }
    const connection = (stream.session && this.#sessions.get(stream.session as ServerHttp2Session)) ?? 0
    const request = this.#recorder.received(this.name, connection, head)
    const reply = this.#script.replyTo(request)
    const end = (): void => this.#recorder.ended(request, false)
    stream.on('error', () => undefined)
    stream.on('close', () => this.#recorder.ended(request, true))
    stream.on('data', (bytes: Buffer) => {
      request.body += bytes.toString('latin1')
    })
    if (reply.early) void answer(stream, request, reply, this.#recorder).then(end)
    else stream.on('end', () => void answer(stream, request, reply, this.#recorder).then(end))
  }
}

async function answer(
  stream: ServerHttp2Stream,
  request: RecordedRequest,
  reply: Reply,
  recorder: Recorder,
): Promise<void> {
  if (reply.instead === 'refuse-stream') return stream.close(constants.NGHTTP2_REFUSED_STREAM)
  if (reply.instead === 'goaway') {
    stream.session?.goaway(constants.NGHTTP2_NO_ERROR, 0)
    return stream.close(constants.NGHTTP2_REFUSED_STREAM)
  }
  for (const status of reply.interim) stream.additionalHeaders({ ':status': status })
  await pause(reply.delay)
  if (stream.destroyed) return
  if (reply.instead === 'hang') return await new Promise<void>(() => undefined)
  if (reply.instead !== undefined) return stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  stream.respond({ ':status': reply.status, ...reply.headers })
  await pause(reply.pause)
  const body = reply.chunks?.join('') ?? reply.body
  if (reply.cut === undefined) {
    stream.end(body)
    return
  }
  stream.write(body.slice(0, reply.cut.after))
  if (reply.cut.by === 'hang') return await new Promise<void>(() => undefined)
  await recorder.untilReached(request)
  stream.close(constants.NGHTTP2_INTERNAL_ERROR)
}
