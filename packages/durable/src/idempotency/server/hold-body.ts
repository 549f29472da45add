import type { IncomingMessage } from 'node:http'
import type { BodyReading } from '../request/keyed-request.js'
import { keepReadable } from './keep-readable.js'

/**
 * Reads the body of a message and leaves it to be read again, by whoever comes after: as if it had only just arrived.
 *
 * It listens in `push`, through which the parser delivers, since a stream that was read to its end cannot be begun again.
 * A body that was parsed by somebody before is taken as it was parsed.
 */
export async function holdBody(message: IncomingMessage, bytesMax: number): Promise<BodyReading> {
  const { body } = message as { body?: unknown }
  if (body !== undefined && (message.readableEnded || message.readableDidRead)) {
    return { kind: 'parsed', value: body }
  }
  if (message.readableEnded || message.readableDidRead) {
    throw new Error(
      'cannot read the body: it has been read before; put the idempotency middleware in front of its reader',
    )
  }
  if (Number(message.headers['content-length'] ?? 0) > bytesMax) return { kind: 'too-large' }
  return await new Promise((resolve) => new HeldBody(message, bytesMax, resolve).begin())
}

type Push = IncomingMessage['push']

class HeldBody {
  private readonly message: IncomingMessage
  private readonly bytesMax: number
  private readonly settle: (reading: BodyReading) => void
  private readonly push: Push
  /** The property that stood there before: of the guard, which counts what is pushed. */
  private readonly ownPush: PropertyDescriptor | undefined
  /** What had arrived before: it is in the stream already. */
  private early: Buffer = Buffer.alloc(0)
  private readonly late: Buffer[] = []
  private bytes: number = 0

  constructor(message: IncomingMessage, bytesMax: number, settle: (reading: BodyReading) => void) {
    this.message = message
    this.bytesMax = bytesMax
    this.settle = settle
    this.push = message.push.bind(message)
    this.ownPush = Object.getOwnPropertyDescriptor(message, 'push')
  }

  begin(): void {
    const { message } = this
    const arrived: unknown = message.readableLength > 0 ? message.read() : null
    if (Buffer.isBuffer(arrived)) {
      message.unshift(arrived)
      this.early = arrived
      this.bytes = arrived.length
    }
    if (this.bytes > this.bytesMax) return this.end({ kind: 'too-large' })
    if (message.destroyed) return this.end({ kind: 'gone' })
    if (message.complete && hasEnded(message)) return this.endWhole()
    message.push = (chunk: Buffer | null, encoding?: BufferEncoding): boolean => this.take(chunk, encoding)
    message.once('close', this.left)
    // Some streams deliver only when they are asked.
    message.read(0)
  }

  private take(chunk: Buffer | string | null, encoding?: BufferEncoding): boolean {
    if (chunk === null) {
      this.release()
      this.push(null)
      this.endWhole()
      return false
    }
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk
    this.late.push(bytes)
    this.bytes += bytes.length
    if (this.bytes <= this.bytesMax) return true
    this.release()
    this.end({ kind: 'too-large' })
    return true
  }

  private readonly left = (): void => {
    this.release()
    this.end({ kind: 'gone' })
  }

  /** From here on the stream is what it would have been, with all that has arrived in it. */
  private release(): void {
    const { message, ownPush } = this
    message.removeListener('close', this.left)
    if (ownPush === undefined) Reflect.deleteProperty(message, 'push')
    else Object.defineProperty(message, 'push', ownPush)
    if (!message.destroyed) for (const chunk of this.late) this.push(chunk)
  }

  private endWhole(): void {
    keepReadable(this.message)
    this.end({ kind: 'bytes', bytes: Buffer.concat([this.early, ...this.late]) })
  }

  private end(reading: BodyReading): void {
    this.settle(reading)
  }
}

/** Whether all has been delivered to the stream, though perhaps not read. */
function hasEnded(message: IncomingMessage): boolean {
  // oxlint-disable-next-line no-underscore-dangle -- there is no other word for it before somebody has read
  return (message as unknown as { _readableState: { ended: boolean } })._readableState.ended
}
