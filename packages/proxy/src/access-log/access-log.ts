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
/** Routes, destinations and endpoints that are remembered. */
const NAMES_MAX = 1_000

/** One line of JSON a request, gathered so that a busy proxy writes some hundred times a second and not once a request. */
export class AccessLog {
  private readonly stream: Writable
  private text: string = ''
  private timer: Timer | undefined = undefined
  private dropped: number = 0
  /** Lines of one millisecond begin alike. */
  private now: number = 0
  private prefix: string = ''
  private readonly names: Map<string, string> = new Map()

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
    this.stream.write(this.text, 'latin1')
    this.text = ''
  }

  private line(request: LoggedRequest, durationMs: number): string {
    const { method, target, status, flags, bytesReceived, bytesSent, attempts, address, detail } = request
    const { route, destination, endpoint } = request
    const text = `${this.time()}"method":${quote(method)},"path":${quote(target)},"status":${status},"flags":"${flags}","durationMs":${tenths(durationMs)},"bytesReceived":${bytesReceived},"bytesSent":${bytesSent},"route":${this.known(route)},"to":${this.known(destination?.name ?? '')},"endpoint":${this.known(endpoint)},"attempts":${attempts},"from":${quote(address)}`
    return detail === '' ? `${text}}\n` : `${text},"detail":${quote(detail)}}\n`
  }

  /** A name of the document, quoted once for all lines that tell it. */
  private known(name: string): string {
    const quoted = this.names.get(name)
    if (quoted !== undefined) return quoted
    if (this.names.size >= NAMES_MAX) this.names.clear()
    const text = quote(name)
    this.names.set(name, text)
    return text
  }

  private time(): string {
    const now = systemClock.wallNow()
    if (now !== this.now) {
      this.now = now
      this.prefix = `{"time":"${new Date(now).toISOString()}",`
    }
    return this.prefix
  }
}

/** With one digit behind the point. Whole numbers are made text faster than others. */
function tenths(ms: number): string {
  const count = Math.round(ms * 10)
  const whole = Math.trunc(count / 10)
  return `${whole}.${count - whole * 10}`
}

/** Most texts hold nothing that JSON would escape, and a look is cheaper than writing them anew. All are ASCII then. */
function quote(text: string): string {
  if (/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(text)) return `"${text}"`
  return JSON.stringify(text).replaceAll(/[^\x20-\x7e]/g, escaped)
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
