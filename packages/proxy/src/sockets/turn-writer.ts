import type { Socket } from 'node:net'
import { atEndOfTurn, type Due } from './at-end-of-turn.js'
import { directWrite, type WriteTaken } from './direct-write.js'

/** Parts up to this size are gathered, larger ones are written as they are. */
const SMALL_BYTES_MAX = 16_384

/**
 * Gathers what is to be written to one socket in a turn of the event loop, and writes it at once when all that could be
 * read in that turn has been read. Head, body and end of a small message are one write, and so are messages that belong
 * to requests that came together.
 *
 * The end of the turn is worth waiting for: a write wakes the process that waits for it, and to wake one that has gone to
 * sleep on another core costs more than the whole rest of a small request. Written one after the other, most of a turn's
 * messages reach a process that is still awake. It also knows longer whether a request has been sent at all.
 */
export class TurnWriter implements Due {
  /** How often it has written. */
  writes: number = 0
  private readonly socket: Socket
  private text: string = ''
  private isDue: boolean = false
  /** Of what the system did not take at once. */
  private inFlight: number = 0

  constructor(socket: Socket) {
    this.socket = socket
  }

  /** Bytes that the system has not taken yet, those of this turn left out. */
  get unwritten(): number {
    return this.socket.writableLength + this.inFlight
  }

  /** Whether more should be written before the socket's `drain`. */
  get hasRoom(): boolean {
    return !this.socket.writableNeedDrain && this.inFlight === 0
  }

  /** One character a byte. */
  add(text: string): void {
    this.text += text
    if (this.text.length > SMALL_BYTES_MAX) this.writeNow()
    else if (!this.isDue) this.fallDue()
  }

  /** Bytes that may change once this returns, unless they are `kept`. */
  addBytes(bytes: Buffer, start: number, end: number, kept: boolean): void {
    if (end - start <= SMALL_BYTES_MAX) return this.add(bytes.toString('latin1', start, end))
    const part = bytes.subarray(start, end)
    this.socket.cork()
    this.writeNow()
    this.writes += 1
    this.socket.write(kept ? part : Buffer.from(part))
    this.socket.uncork()
  }

  /** Writes what has been gathered without waiting for the end of the turn. */
  writeNow(): void {
    this.isDue = false
    const { text, socket } = this
    if (text === '') return
    this.text = ''
    if (socket.destroyed) return
    this.writes += 1
    const left = this.inFlight > 0 ? -1 : directWrite(socket, text, this.taken)
    if (left < 0) socket.write(text, 'latin1')
    else this.inFlight = left
  }

  private readonly taken: WriteTaken = () => {
    this.inFlight = 0
    this.socket.emit('drain')
  }

  private fallDue(): void {
    this.isDue = true
    atEndOfTurn(this)
  }
}
