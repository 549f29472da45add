import type { Socket } from 'node:net'
import { IncomingFrames } from '../../src/frames/incoming-frames.js'
import { pingFrame, settingsAnswer, settingsFrame } from '../../src/frames/frame-head.js'
import { type FieldSink, HpackDecoder } from '../../src/hpack/index.js'
import { type Running, serveRaw } from '../running-proxy.js'

/** What a service of HTTP/2 has been sent on one connection. */
export interface ServedFrames {
  /** Ids of the streams whose heads have come. */
  readonly asked: number[]
  /** Fields of each request, by its stream. */
  readonly fields: Map<number, readonly (readonly [string, string])[]>
  /** Bytes of the body of each. */
  readonly bodies: Map<number, number>
  /** Streams whose requests have come as a whole. */
  readonly ended: Set<number>
  /** Streams that were reset, and with what code. */
  readonly resets: Map<number, number>
  /** The code of the goodbye, once it has been said. */
  goodbye: number | undefined
  /** Questions of its own that have been answered. */
  pongs: number
  closed: boolean
  /** Sends frames, right or wrong. */
  readonly send: (...frames: readonly string[]) => void
  /** Sends nothing more. */
  readonly end: () => void
}

export interface FrameService extends Running {
  readonly connections: readonly ServedFrames[]
}

/** What a service does when it is asked on a stream. */
export type Answering = (connection: ServedFrames, stream: number) => void

/** A service of HTTP/2 that answers with the frames that a test says, right or wrong. */
export async function frameService(
  answer: Answering,
  settings: readonly (readonly [number, number])[] = [],
): Promise<FrameService> {
  const connections: ServedFrames[] = []
  const running = await serveRaw((socket) => {
    connections.push(served(socket, answer, settings))
  })
  return { connections, port: running.port, close: () => running.close() }
}

function served(
  socket: Socket,
  answer: Answering,
  settings: readonly (readonly [number, number])[],
): ServedFrames {
  const send = (...frames: readonly string[]): void => void socket.write(frames.join(''), 'latin1')
  const connection: ServedFrames = {
    asked: [],
    fields: new Map(),
    bodies: new Map(),
    ended: new Set(),
    resets: new Map(),
    goodbye: undefined,
    pongs: 0,
    closed: false,
    send,
    end: () => void socket.end(),
  }
  const tell = (frames: string): number => {
    send(frames)
    return 0
  }
  const decoder = new HpackDecoder()
  const frames = new IncomingFrames(
    {
      settings: () => tell(settingsAnswer),
      headers: (stream, block, isEnded) => {
        const fields: [string, string][] = []
        const sink: FieldSink = { field: ({ name, value }) => void fields.push([name, value]) }
        if (!decoder.decode(block, sink)) return 9
        connection.asked.push(stream)
        connection.fields.set(stream, fields)
        if (isEnded) connection.ended.add(stream)
        answer(connection, stream)
        return 0
      },
      data: (stream, bytes, _flowBytes, isEnded) => {
        connection.bodies.set(stream, (connection.bodies.get(stream) ?? 0) + bytes.length)
        if (isEnded) connection.ended.add(stream)
        return 0
      },
      aborted: (stream, code) => {
        connection.resets.set(stream, code)
        return 0
      },
      ping: (opaque) => tell(pingFrame(opaque, true)),
      pong: () => {
        connection.pongs += 1
        return 0
      },
      windowUpdate: () => 0,
      goAway: (_last, code) => {
        connection.goodbye = code
        return 0
      },
      idled: () => 0,
    },
    'client',
  )
  send(settingsFrame(settings))
  socket.on('data', (chunk) => frames.read(chunk))
  socket.on('close', () => (connection.closed = true))
  return connection
}
