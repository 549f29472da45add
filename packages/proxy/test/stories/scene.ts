import type { Socket } from 'node:net'
import {
  closedAfterEach,
  gateway,
  RawCaller,
  type Running,
  type RunningProxy,
  serveHttp,
  serveRaw,
} from '../running-proxy.js'

/** Bytes of the simplest request there is. */
export const GET: string = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
export const OK: string = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** One connection from the proxy, as the service sees it. */
export interface ServedConnection {
  readonly socket: Socket
  /** All that has come. */
  received: string
  /** It has closed, whichever way. */
  closed: boolean
}

/** A service of raw connections, each of which is remembered. */
export interface Service extends Running {
  readonly connections: readonly ServedConnection[]
}

/** What the tests of a file start, closed after each of them. */
export class Scene {
  readonly add: <R extends Running>(starting: Promise<R>) => Promise<R> = closedAfterEach()

  /** `answer` is called for each read, with the connection and how many heads have come on it. */
  async service(answer: (connection: ServedConnection, heads: number) => void): Promise<Service> {
    const connections: ServedConnection[] = []
    const running = await this.add(
      serveRaw((socket) => {
        const connection = { socket, received: '', closed: false }
        connections.push(connection)
        socket.on('close', () => (connection.closed = true))
        socket.on('data', (bytes) => {
          connection.received += bytes.toString('latin1')
          answer(connection, connection.received.split('\r\n\r\n').length - 1)
        })
      }),
    )
    return { connections, port: running.port, close: () => running.close() }
  }

  /** A service that answers each request with these bytes. */
  answering(...answers: readonly string[]): Promise<Service> {
    return this.service(({ socket }, heads) => socket.write(answers[Math.min(heads, answers.length) - 1]!))
  }

  /** A service that tells what it was asked. */
  echo(): Promise<Running> {
    return this.add(
      serveHttp((request, response) => {
        let body = ''
        request.setEncoding('latin1').on('data', (text: string) => (body += text))
        request.on('end', () => {
          const { method, url, rawHeaders } = request
          response.end(JSON.stringify({ method, url, rawHeaders, length: body.length }))
        })
      }),
    )
  }

  /** A gateway in front of one port; `words` are lines of the document below `gateway`, `service` keys of the service. */
  gateway(
    port: number,
    words: string = '',
    service: string = '',
    policy: string = '',
  ): Promise<RunningProxy> {
    return this.add(
      gateway(`watertight: v1
system: test
services: { up: { port: ${port}${service} } }
gateway:
  listen: { port: 1 }
  ${words}
  routes: [{ match: { path: / }, to: up${policy} }]`),
    )
  }

  caller(proxy: Running, bytes: string = ''): RawCaller {
    const caller = new RawCaller(proxy.port)
    void this.add(Promise.resolve({ port: proxy.port, close: () => caller.socket.destroy() }))
    return bytes === '' ? caller : caller.send(bytes)
  }
}

/** How many answers have come. */
export function answersIn({ received }: RawCaller): number {
  return received.match(/HTTP\/1\.1 [2-5]\d\d /g)?.length ?? 0
}
