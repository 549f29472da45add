import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import { readManifest, type SystemModel } from '@watertight/manifest'
import type { Tracing } from '@watertight/telemetry'
import { afterEach } from 'vitest'
import { Proxy } from '../src/proxy.js'
import type { SheddingOptions } from '../src/exchange/admissions.js'
import type { Destination } from '../src/upstream/destination.js'
import type { ProxyCredentials } from '../src/tls/open-credentials.js'

/** A server that a test has started, and how to end it. */
export interface Running {
  readonly port: number
  close(): void
}

/** Notes what the tests of a file start, so that it is closed after each of them. */
export function closedAfterEach(): <R extends Running>(starting: Promise<R>) => Promise<R> {
  const running: Running[] = []
  afterEach(() => {
    for (const one of running.splice(0)) one.close()
  })
  return async (starting) => {
    const one = await starting
    running.push(one)
    return one
  }
}

async function listening(server: Server, sockets: Set<Socket>): Promise<Running> {
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** A service as `node:http` serves it. */
export function serveHttp(listener: RequestListener): Promise<Running> {
  return listening(createHttpServer(listener), new Set())
}

/** A service that does with its connections whatever it likes. */
export function serveRaw(onConnection: (socket: Socket) => void): Promise<Running> {
  return listening(createServer(onConnection), new Set())
}

/** A port where nobody listens. */
export async function deadPort(): Promise<number> {
  const server = await serveRaw(() => undefined)
  server.close()
  return server.port
}

export interface RunningProxy extends Running {
  readonly proxy: Proxy
  /** Lines of the access log. */
  readonly lines: Record<string, unknown>[]
}

/** What a proxy calls, for tests of how that stands. */
export function destinationsOf(proxy: Proxy): readonly Destination[] {
  return proxy['parts'].pool.destinations
}

/** A gateway in front of one service, with this policy in the words of the document. */
export async function gatewayTo(port: number, policy: string = '{}'): Promise<RunningProxy> {
  return gateway(
    `watertight: v1
system: test
services: { up: { port: ${port} } }
gateway: { listen: { port: 1 }, routes: [{ match: { path: / }, to: up, ...POLICY }] }`.replace(
      ', ...POLICY',
      policy === '{}' ? '' : `, ${policy.slice(1, -1)}`,
    ),
  )
}

/** The model of a gateway by this document, on any port. */
export function gatewayModel(text: string): SystemModel {
  const { system, problems } = readManifest(text, 'watertight.yaml')
  if (system === undefined || problems.length > 0) throw new Error(JSON.stringify(problems))
  const { gateway: given } = system.model
  return {
    ...system.model,
    gateway: { ...given, listen: { host: '127.0.0.1', port: 0, tls: undefined } },
  }
}

/** A gateway by this document, on any port; with `credentials` it speaks TLS. */
export async function gateway(
  text: string,
  credentials?: ProxyCredentials,
  tracing?: Tracing,
  shedding?: SheddingOptions,
): Promise<RunningProxy> {
  const model = gatewayModel(text)
  const written: string[] = []
  const { Writable } = await import('node:stream')
  const accessLog = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString())
      done()
    },
  })
  const posture = { kind: 'gateway' } as const
  const proxy = new Proxy({ model, posture, accessLog, credentials, tracing, shedding })
  await proxy.listen()
  return {
    proxy,
    port: proxy.ports.find(({ name }) => name === 'gateway')!.port,
    get lines() {
      proxy.flushLog()
      return written
        .join('')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    },
    close: () => proxy.destroy(),
  }
}

/** A caller that sends bytes as they are, and keeps what comes back. */
export class RawCaller {
  received: string = ''
  closed: boolean = false
  ended: boolean = false
  readonly socket: Socket

  constructor(port: number) {
    this.socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    this.socket.on('data', (chunk: Buffer) => (this.received += chunk.toString('latin1')))
    this.socket.on('end', () => (this.ended = true))
    this.socket.on('close', () => (this.closed = true))
    this.socket.on('error', () => undefined)
  }

  send(text: string): this {
    this.socket.write(text, 'latin1')
    return this
  }

  /** Waits until what has come matches, or the other side has closed. */
  async until(pattern: RegExp): Promise<string> {
    await eventually(() => pattern.test(this.received) || this.closed || this.ended)
    return this.received
  }
}

/** Waits for a condition, with a deadline. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  deadlineMs: number = 15_000,
): Promise<void> {
  const end = performance.now() + deadlineMs
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not in ${deadlineMs} ms: ${condition.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
