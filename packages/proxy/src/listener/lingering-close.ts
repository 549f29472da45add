import type { Socket } from 'node:net'
import type { TurnWriter } from '../sockets/turn-writer.js'
import type { CallerWait } from './caller-wait.js'

/**
 * A caller that goes on sending is read so far, so that it can read its answer before the connection closes: many a client
 * looks for none until it has sent all. How long it is read for is limited too.
 */
const BYTES_MAX = 256 * 1_048_576

/** The end of a connection: it closes after what is written, and takes in what still comes, without a look at it. */
export class LingeringClose {
  isBegun: boolean = false
  private received: number = 0
  private readonly socket: Socket
  private readonly writer: TurnWriter
  private readonly wait: CallerWait

  constructor(socket: Socket, writer: TurnWriter, wait: CallerWait) {
    this.socket = socket
    this.writer = writer
    this.wait = wait
  }

  begin(): void {
    this.isBegun = true
    this.writer.writeNow()
    this.socket.end()
    this.wait.begin('close')
    this.socket.resume()
  }

  read(length: number): void {
    this.received += length
    if (this.received > BYTES_MAX) this.socket.destroy()
  }
}
