import type { Socket } from 'node:net'
import { atEndOfTurn, type Due } from '../sockets/at-end-of-turn.js'

/** With so much unwritten, no more of any body is written. */
const UNWRITTEN_BYTES_MAX = 262_144
/** Whoever has us write so much, and reads none of it, is hung up on. */
const UNREAD_BYTES_MAX = 4 * UNWRITTEN_BYTES_MAX
/** So much is put together before it is written. */
const GATHERED_BYTES_MAX = 65_536

/** What one connection is sent: all that a turn of the event loop has come to is one write. */
export class FrameOutput implements Due {
  private readonly socket: Socket
  /** Has the streams hand over what they have. */
  private readonly flush: () => void
  private out: string = ''
  private isDue: boolean = false

  constructor(socket: Socket, flush: () => void) {
    this.socket = socket
    this.flush = flush
  }

  /** Bytes of bodies that may be written now. */
  get room(): number {
    return Math.max(0, UNWRITTEN_BYTES_MAX - this.socket.writableLength - this.out.length)
  }

  send(frames: string): void {
    this.out += frames
    if (this.out.length > GATHERED_BYTES_MAX) this.writeOut()
    else this.fallDue()
  }

  /** Has the streams flushed when the turn ends. */
  fallDue(): void {
    if (this.isDue) return
    this.isDue = true
    atEndOfTurn(this)
  }

  writeNow(): void {
    this.isDue = false
    this.flush()
    this.writeOut()
  }

  /** Writes what has been gathered. */
  writeOut(): void {
    const { out, socket } = this
    this.out = ''
    if (out === '' || socket.destroyed) return
    if (socket.writableLength > UNREAD_BYTES_MAX) socket.destroy()
    else socket.write(out, 'latin1')
  }
}
