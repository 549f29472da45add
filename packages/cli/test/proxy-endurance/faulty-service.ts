import type { Socket } from 'node:net'
import { RestartingService } from './restarting-service.js'

/** What a request asks to go wrong, by its path. First attempts alone are hit: a further one is answered well. */
export type Fault = 'none' | 'reset' | 'unavailable' | 'silent' | 'closing' | 'cut'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const UNAVAILABLE = 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno'
const CLOSING = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'
const CUT = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this'

/** It goes wrong as it is asked to. */
export class FaultyService extends RestartingService {
  protected override serve(socket: Socket): () => void {
    let text = ''
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
      const end = text.indexOf('\r\n\r\n')
      const length = Number(/^content-length: (\d+)/im.exec(text)?.[1] ?? 0)
      if (end < 0 || text.length < end + 4 + length) return
      const request = text
      text = ''
      this.answer(socket, request)
    })
    return () => void socket.end()
  }

  private answer(socket: Socket, request: string): void {
    const [, method, fault, id] = /^(\w+) \/(\w+)\/(\S+) /.exec(request)!
    const isFirst = /^x-envoy-attempt-count: 1\r$/im.test(request)
    if (method === 'POST') this.execute(id!)
    this.send(socket, isFirst || fault === 'closing' || fault === 'cut' ? (fault as Fault) : 'none')
  }

  private send(socket: Socket, fault: Fault): void {
    if (fault === 'reset') socket.resetAndDestroy()
    else if (fault === 'unavailable') socket.write(UNAVAILABLE)
    else if (fault === 'closing') socket.end(CLOSING)
    else if (fault === 'cut') socket.end(CUT)
    else if (fault === 'none') socket.write(OK)
  }
}
