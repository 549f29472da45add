import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createServer as createTlsServer } from 'node:tls'
import { resetConnection } from '@watertight/traffic'
import { RequestReader, type ReceivedRequest } from './request-reader.js'
import type { SelfSignedCertificate } from '../src/testing/index.js'

/** What happens once the bytes are out: wait for the next request, end politely, reset, or never move again. */
export type AfterBytes = 'keep' | 'end' | 'reset' | 'stall'

/** What the upstream does once. */
export interface Exchange {
  /**
   * When it begins: with the connection, with the first bytes of the caller (its TLS greeting, say), or when a
   * whole request is there. Default `request`.
   */
  readonly at?: 'accept' | 'first-byte' | 'request'
  /** Sent as they are. Default none. */
  readonly bytes?: string | Buffer
  /** Default `keep`. */
  readonly after?: AfterBytes
}

export interface ScriptedUpstreamOptions {
  /** Speaks TLS with this certificate. */
  readonly tls?: SelfSignedCertificate
  /** Of the URL handed out. `https` without `tls` is for failures before TLS is up. Default as `tls` says. */
  readonly scheme?: 'http' | 'https'
}

/** The bytes up to a position, then a reset: one line of a test for each byte of a response. */
export function resetAt(bytes: string, position: number): Exchange {
  return { bytes: bytes.slice(0, position), after: 'reset' }
}

/**
 * A server of raw sockets that follows a script to the byte: each connection or request takes the next exchange,
 * and the last one stays in force.
 *
 * @example
 * await using upstream = await scriptedUpstream([{ after: 'reset' }, { bytes: rawResponse() }])
 */
export async function scriptedUpstream(
  script: readonly Exchange[],
  options: ScriptedUpstreamOptions = {},
): Promise<ScriptedUpstream> {
  const upstream = new ScriptedUpstream(script, options)
  await upstream.accept()
  return upstream
}

export class ScriptedUpstream implements AsyncDisposable {
  /** Every request received in full. */
  readonly requests: ReceivedRequest[] = []
  /** Connections made so far. */
  connections: number = 0
  readonly #script: Exchange[]
  readonly #sockets: Set<Socket> = new Set()
  readonly #server: Server
  readonly #scheme: string
  #port: number = 0

  constructor(script: readonly Exchange[], { tls, scheme }: ScriptedUpstreamOptions) {
    this.#script = [...script]
    this.#scheme = scheme ?? (tls === undefined ? 'http' : 'https')
    this.#server =
      tls === undefined
        ? createServer((socket) => this.#serve(socket))
        : createTlsServer({ ...tls, ALPNProtocols: ['http/1.1'] }, (socket) => this.#serve(socket))
    // A handshake that fails is what a test asks for, not an error of this server.
    this.#server.on('tlsClientError', () => undefined)
  }

  /** `http://127.0.0.1:PORT`; over TLS the host is `localhost`, as certificates name it. */
  get url(): string {
    return `${this.#scheme}://${this.#scheme === 'https' ? 'localhost' : '127.0.0.1'}:${this.#port}`
  }

  get port(): number {
    return this.#port
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#sockets.size
  }

  /** Listens, again on the same port after `refuse`. */
  async accept(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Cuts every connection and refuses new ones (`ECONNREFUSED`). */
  async refuse(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) resetConnection(socket)
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.refuse()
  }

  #serve(socket: Socket): void {
    this.connections += 1
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    // Callers that reset are part of the game.
    socket.on('error', () => undefined)
    if (this.#peek()?.at === 'accept') {
      perform(socket, this.#take())
      return
    }
    const reader = new RequestReader(this.connections)
    socket.on('data', (chunk: Buffer) => {
      if (this.#peek()?.at === 'first-byte') perform(socket, this.#take())
      reader.push(chunk)
      for (let request = reader.next(); request !== undefined; request = reader.next()) {
        this.requests.push(request)
        perform(socket, this.#take())
      }
    })
  }

  #peek(): Exchange | undefined {
    return this.#script[0]
  }

  #take(): Exchange {
    return (this.#script.length > 1 ? this.#script.shift() : this.#script[0]) ?? { after: 'stall' }
  }
}

function perform(socket: Socket, { bytes = '', after = 'keep' }: Exchange): void {
  if (bytes.length === 0) finish(socket, after)
  else socket.write(bytes, () => void read().then(() => finish(socket, after)))
}

function finish(socket: Socket, after: AfterBytes): void {
  if (after === 'reset') resetConnection(socket)
  else if (after === 'end') socket.end()
}

/**
 * Two turns of the event loop, in which a caller in this process reads what was sent: libuv reports a reset that
 * arrives together with bytes as an ordinary end.
 */
async function read(): Promise<void> {
  await nextTurn()
  await nextTurn()
}
