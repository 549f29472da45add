import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { resetConnection } from '@watertight/traffic'
import { pause } from '../run/pause.js'
import type { Reply } from '../scenario/endpoint-schema.js'
import type { Endpoint } from './endpoint.js'
import type { RecordedRequest } from './recorded-request.js'
import type { Recorder } from './recorder.js'
import type { ReplyScript } from './reply-script.js'
import { RequestReader } from './request-reader.js'

/** An endpoint of raw sockets, which can do to the byte what no well-behaved server does. */
export class Http1Endpoint implements Endpoint {
  readonly name: string
  readonly #script: ReplyScript
  readonly #recorder: Recorder
  readonly #sockets: Set<Socket> = new Set()
  readonly #server: Server = createServer({ noDelay: true }, (socket) => this.#serve(socket))
  #port: number = 0

  constructor(name: string, script: ReplyScript, recorder: Recorder) {
    this.name = name
    this.#script = script
    this.#recorder = recorder
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** On the same port as before, after `stop`. */
  async start(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1', 2_048)
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) resetConnection(socket)
    await closed
  }

  #serve(socket: Socket): void {
    const connection = this.#recorder.connected()
    let request: RecordedRequest | undefined
    let reply: Reply | undefined
    this.#sockets.add(socket)
    // Callers that reset are part of the game.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.#sockets.delete(socket)
      if (request !== undefined) this.#recorder.ended(request, true)
    })
    const end = (): void => {
      if (request !== undefined) this.#recorder.ended(request, false)
      request = undefined
    }
    const reader = new RequestReader({
      head: (head) => {
        if (!this.#recorder.knows(head)) {
          socket.write('HTTP/1.1 200 Known\r\ncontent-length: 0\r\n\r\n')
          return
        }
        request = this.#recorder.received(this.name, connection, head)
        reply = this.#script.replyTo(request)
        if (reply.early) void answer(socket, request, reply, this.#recorder).then(end)
      },
      body: (text) => {
        if (request !== undefined) request.body += text
      },
      end: () => {
        if (request !== undefined && reply?.early === false)
          void answer(socket, request, reply, this.#recorder).then(end)
      },
    })
    socket.on('data', (bytes) => reader.push(bytes))
  }
}

/** Settles when all is said and done; never, where the request is left hanging. */
async function answer(
  socket: Socket,
  request: RecordedRequest,
  reply: Reply,
  recorder: Recorder,
): Promise<void> {
  for (const status of reply.interim) socket.write(`HTTP/1.1 ${status} Interim\r\n\r\n`)
  await pause(reply.delay)
  if (reply.instead !== undefined) return await happen(socket, reply.instead)
  const body = request.method === 'HEAD' || reply.status === 204 ? '' : bodyOf(reply)
  const sent = reply.cut === undefined ? body : body.slice(0, reply.cut.after)
  if (reply.pause === 0 && reply.cut === undefined) {
    socket.write(headOf(reply) + body)
    if (reply.headers['connection'] === 'close') socket.end()
    return
  }
  socket.write(headOf(reply))
  await pause(reply.pause)
  socket.write(sent)
  if (reply.cut === undefined) return
  // Bytes that nobody has read yet are lost together with a reset.
  if (reply.cut.by !== 'hang') await recorder.untilReached(request)
  await happen(socket, reply.cut.by)
}

/** What happens in place of an answer, or of its rest. */
async function happen(socket: Socket, what: NonNullable<Reply['instead']>): Promise<void> {
  if (what === 'reset') resetConnection(socket)
  else if (what === 'close') socket.end()
  else if (what === 'garbage') socket.end('this is not HTTP\r\n\r\n')
  else await new Promise<void>(() => undefined)
}

function headOf({ status, headers, body, chunks }: Reply): string {
  const framing: Record<string, string> =
    status === 204
      ? {}
      : chunks === undefined
        ? { 'content-length': String(Buffer.byteLength(body)) }
        : { 'transfer-encoding': 'chunked' }
  const lines = Object.entries({ ...framing, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} Scripted\r\n${lines.join('')}\r\n`
}

function bodyOf({ body, chunks }: Reply): string {
  if (chunks === undefined) return body
  return `${chunks.map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`).join('')}0\r\n\r\n`
}
