import { connect, type Socket } from 'node:net'

/** What became of a request: its status, or that its connection broke in the answer or before it. */
export type Fate = number | 'cut' | 'gone'

/** One caller with one connection, which it opens anew when that breaks. */
export class Caller {
  private readonly port: number
  private socket: Socket | undefined = undefined
  private received: string = ''
  private settle: ((fate: Fate) => void) | undefined = undefined

  constructor(port: number) {
    this.port = port
  }

  ask(request: string): Promise<Fate> {
    return new Promise((resolve) => {
      this.received = ''
      this.settle = resolve
      this.socket ??= this.open()
      this.socket.write(request, 'latin1')
    })
  }

  /** Asks, and leaves before the answer. */
  leave(request: string): Promise<void> {
    return new Promise((resolve) => {
      this.socket ??= this.open()
      this.socket.write(request, 'latin1', () => {
        this.close()
        resolve()
      })
    })
  }

  close(): void {
    const { socket } = this
    this.socket = undefined
    socket?.destroy()
  }

  private open(): Socket {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true })
    socket.on('data', (bytes) => this.read(bytes.toString('latin1')))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      if (this.socket !== socket) return
      this.socket = undefined
      this.end(this.received === '' ? 'gone' : 'cut')
    })
    return socket
  }

  private read(text: string): void {
    this.received += text
    const end = this.received.indexOf('\r\n\r\n')
    if (end < 0) return
    const length = Number(/^content-length: (\d+)/im.exec(this.received)?.[1] ?? 0)
    if (this.received.length < end + 4 + length) return
    if (/^connection: close/im.test(this.received)) this.close()
    this.end(Number(this.received.slice(9, 12)))
  }

  private end(fate: Fate): void {
    const { settle } = this
    this.settle = undefined
    settle?.(fate)
  }
}
