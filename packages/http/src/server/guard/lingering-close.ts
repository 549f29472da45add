import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock, Timer } from '../../runtime/clock.js'

/** How long a caller has to read its answer, and to stop sending. */
const LINGER_MS = 5_000

/**
 * Closes the connection of an answer that goes out while its request is still coming. Closing at once would reset the
 * connection, and the caller might never see the answer (RFC 9112, 9.6): after the answer only the sending side is
 * closed, and what still comes is read and dropped until the caller closes, has sent all, or has had time enough.
 */
export class LingeringClose {
  readonly #socket: Socket
  readonly #clock: Clock
  readonly #closeNow: () => void
  #timer: Timer | undefined = undefined
  #isAnswered: boolean = false
  #isRead: boolean = false

  constructor(response: ServerResponse, clock: Clock) {
    const { socket } = response.req
    this.#socket = socket
    this.#clock = clock
    this.#closeNow = socket.destroySoon.bind(socket)
    response.shouldKeepAlive = false
    // What the server calls after the last answer of a connection; one whose head was out has not said that it is that.
    socket.destroySoon = () => this.#answered()
    response.once('finish', () => this.#answered())
    socket.once('close', () => this.#timer?.cancel())
  }

  get isAnswered(): boolean {
    return this.#isAnswered
  }

  /** Nothing more is read before the answer is out. Without one, this ends after a while. */
  wait(): void {
    this.#timer ??= this.#startTimer()
  }

  /** The request has come to its end: nothing is left that could reset the connection. */
  requestEnded(): void {
    this.#isRead = true
    if (this.#isAnswered) this.#closeNow()
  }

  #answered(): void {
    if (this.#isAnswered) return
    this.#isAnswered = true
    this.#timer?.cancel()
    if (this.#isRead) {
      this.#closeNow()
      return
    }
    this.#timer = this.#startTimer()
    this.#socket.end()
    this.#socket.resume()
  }

  #startTimer(): Timer {
    return this.#clock.setTimer(LINGER_MS, () => this.#socket.destroy())
  }
}
