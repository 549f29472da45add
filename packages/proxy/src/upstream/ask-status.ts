import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import type { ConnectionTarget } from './open-socket.js'

/**
 * Asks for a path over a connection of its own, so that no limit of calls is in its way, and tells the status;
 * undefined when none came. Answers a function that gives up, after which nothing is told.
 */
export function askStatus(
  target: ConnectionTarget,
  authority: string,
  path: string,
  speaksHttp2: boolean,
  tell: (status: number | undefined) => void,
): () => void {
  let isOver = false
  const socket = open(target)
  const end = (status: number | undefined): void => {
    if (isOver) return
    isOver = true
    socket.destroy()
    tell(status)
  }
  socket.on('error', () => end(undefined))
  socket.on('close', () => end(undefined))
  if (speaksHttp2) askHttp2(socket, target, authority, path, end)
  else askHttp1(socket, authority, path, end)
  return () => {
    isOver = true
    socket.destroy()
  }
}

function open({ host, port, secure }: ConnectionTarget): Socket {
  const socket = secure === undefined ? connect({ host, port, noDelay: true }) : secure.connect()
  // Checks keep no process alive.
  return socket.unref()
}

function askHttp1(
  socket: Socket,
  authority: string,
  path: string,
  end: (status: number | undefined) => void,
): void {
  const headers = { host: authority, ...headersOfCheck() }
  const asked = request({ path, headers, createConnection: () => socket }, (response) => {
    response.resume()
    end(response.statusCode)
  })
  asked.on('error', () => end(undefined))
  asked.end()
}

function askHttp2(
  socket: Socket,
  { secure }: ConnectionTarget,
  authority: string,
  path: string,
  end: (status: number | undefined) => void,
): void {
  const origin = `${secure === undefined ? 'http' : 'https'}://${authority}`
  const session = connectHttp2(origin, { createConnection: () => socket })
  session.on('error', () => end(undefined))
  const stream = session.request({ ':path': path, ...headersOfCheck() })
  stream.on('error', () => end(undefined))
  stream.on('response', ({ ':status': status }) => {
    end(status)
    session.destroy()
  })
  stream.resume()
}

/** By its trace, which is not sampled (W3C Trace Context, section 3.2.2.5), nobody on its way records it: who looks for a trace of a customer finds those alone. */
function headersOfCheck(): { readonly 'user-agent': string; readonly traceparent: string } {
  const [trace, span] = [randomBytes(16), randomBytes(8)]
  return {
    'user-agent': 'watertight-health-check',
    traceparent: `00-${trace.toString('hex')}-${span.toString('hex')}-00`,
  }
}
