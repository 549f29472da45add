import type { Writable } from 'node:stream'
import { systemClock, type Timer } from '@watertight/policy/decisions'

/** What a line tells of one request. */
export interface LoggedRequest {
  readonly method: string
  readonly target: string
  readonly address: string
  readonly route: string
  readonly destination: { readonly name: string } | undefined
  readonly endpoint: string
  readonly attempts: number
  readonly status: number
  readonly bytesSent: number
  readonly bytesReceived: number
  readonly flags: string
  readonly detail: string
}

/** Lines are written together: when so much has gathered, or after so long. */
const GATHERED_CHARACTERS_MAX = 16_384
const GATHERED_MS_MAX = 200
/** A reader that does not keep up must not fill the memory: beyond this, lines are counted and dropped. */
const UNWRITTEN_BYTES_MAX = 8 * 1_024 * 1_024

/** One line of JSON a request, gathered so that a busy proxy writes some hundred times a second and not once a request. */
export class AccessLog {
  private readonly stream: Writable
  private text: string = ''
  private timer: Timer | undefined = undefined
  private dropped: number = 0
  /** The time of day changes once a second for all lines of it. */
  private second: number = 0
  private prefix: string = ''

  constructor(stream: Writable) {
    this.stream = stream
  }

  write(request: LoggedRequest, durationMs: number): void {
    this.add(this.line(request, durationMs))
  }

  /** A connection that never came to a request. */
  refusedConnection(address: string, detail: string): void {
    this.add(`${this.time()}"connection":"refused","from":${quote(address)},"detail":${quote(detail)}}\n`)
  }

  private add(line: string): void {
    this.text += line
    if (this.text.length >= GATHERED_CHARACTERS_MAX) this.flush()
    else this.timer ??= systemClock.setTimer(GATHERED_MS_MAX, () => this.flush())
  }

  flush(): void {
    this.timer?.cancel()
    this.timer = undefined
    if (this.text === '') return
    if (this.stream.writableLength > UNWRITTEN_BYTES_MAX) {
      this.dropped += this.text.split('\n').length - 1
      this.text = ''
      return
    }
    if (this.dropped > 0) {
      this.text += `{"dropped":${this.dropped}}\n`
      this.dropped = 0
    }
    this.stream.write(this.text)
    this.text = ''
  }

  private line(request: LoggedRequest, durationMs: number): string {
    const { status, bytesSent, bytesReceived, attempts, destination } = request
    const ms = Math.round(durationMs * 10) / 10
    const text = `${this.time()}"method":${quote(request.method)},"path":${quote(request.target)},"status":${status},"flags":"${request.flags}","durationMs":${ms},"bytesReceived":${bytesReceived},"bytesSent":${bytesSent},"route":${quote(request.route)},"to":${quote(destination?.name ?? '')},"endpoint":${quote(request.endpoint)},"attempts":${attempts},"from":${quote(request.address)}`
    return request.detail === '' ? `${text}}\n` : `${text},"detail":${quote(request.detail)}}\n`
  }

  private time(): string {
    const now = systemClock.wallNow()
    const second = Math.floor(now / 1_000)
    if (second !== this.second) {
      this.second = second
      this.prefix = `{"time":"${new Date(second * 1_000).toISOString().slice(0, 19)}`
    }
    return `${this.prefix}.${String(Math.floor(now) % 1_000).padStart(3, '0')}Z",`
  }
}

/** Most texts hold nothing that JSON would escape, and a look is cheaper than writing them anew. */
function quote(text: string): string {
  return /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(text) ? `"${text}"` : JSON.stringify(text)
}
