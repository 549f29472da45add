import type { Socket } from 'node:net'

/** Whether a socket is read: it is not while what comes would have to be kept. */
export class ReadingPause {
  private readonly socket: Socket
  private isPaused: boolean = false

  constructor(socket: Socket) {
    this.socket = socket
  }

  begin(): void {
    if (this.isPaused) return
    this.isPaused = true
    this.socket.pause()
  }

  end(): void {
    if (!this.isPaused) return
    this.isPaused = false
    this.socket.resume()
  }
}
