import { TimeoutError } from '@watertight/policy'
import { ExpiryEntry } from '@watertight/policy/decisions'
import { clock } from '../../runtime/clock.js'
import { type LimitQueue, limitQueue } from '../../runtime/limit-queue.js'
import { BodyTimeoutError } from '../failure/time-limit-error.js'
import { ProtocolError, ResponseTooLargeError } from '../failure/transport-error.js'
import { ContentDecoding, readCodings } from '../response/content-decoding.js'
import { type BodySource, IncomingBody } from '../response/incoming-body.js'
import { findHeader, listHeader, type RawHeaders } from '../response/raw-headers.js'
import { BodyWatch, type Watched } from './body-watch.js'
import type { ExchangeLimits } from './exchange-limits.js'

/** The exchange that a body is part of. */
export interface BodyOwner extends Watched {
  /** The origin that answers. */
  readonly origin: string
  readonly limits: ExchangeLimits
  /** Nothing more is on its way. */
  readonly over: boolean
  /** The body has come whole, and is decoded. */
  whole(): void
  /** The body has come whole, and cannot be decoded. */
  undecoded(error: Error): void
}

/**
 * The body of an answer on its way from the connection to its reader: counted, decoded, and limited in time once the
 * head was handed on. It is the entry of its own limit, that of the silence between two parts.
 */
export class AnswerBody extends ExpiryEntry implements BodySource {
  readonly incoming: IncomingBody = new IncomingBody(this)
  /** Bytes as they were sent. */
  received: number = 0
  readonly #owner: BodyOwner
  readonly #rawHeaders: RawHeaders
  readonly #resume: () => void
  readonly #decoding: ContentDecoding | undefined
  #hurried: boolean = false
  #watch: BodyWatch | undefined = undefined

  /** @throws {RangeError} for more codings than any server has use for */
  constructor(owner: BodyOwner, rawHeaders: RawHeaders, resume: () => void) {
    super()
    this.#owner = owner
    this.#rawHeaders = rawHeaders
    this.#resume = resume
    const encoding = listHeader(rawHeaders, 'content-encoding')
    this.#decoding = encoding === undefined ? undefined : this.#decoder(encoding)
  }

  get bodyBytesMax(): number {
    return this.#owner.limits.bodyBytesMax
  }

  get bytesLeft(): number | undefined {
    const announced = findHeader(this.#rawHeaders, 'content-length')
    return announced === undefined ? undefined : Number(announced) - this.received
  }

  /** Limits it from here on: its silence, the call's total, and its caller. */
  watch(deadline: number, totalMs: number, signal: AbortSignal | undefined): void {
    this.#owner.limits.bodyIdle?.add(this, clock.now())
    if (deadline === Infinity && signal === undefined) return
    this.#watch = new BodyWatch(this.#owner, signal)
    if (deadline === Infinity) return
    this.#watch.limit(deadline - clock.now(), () => new TimeoutError(totalMs))
  }

  /** Takes a part; answers whether more is wanted now. */
  take(chunk: Buffer): boolean {
    this.received += chunk.length
    if (this.waits && !this.#hurried) this.#renew(this.#owner.limits.bodyIdle!)
    return this.#decoding === undefined ? this.incoming.push(chunk) : this.#decoding.write(chunk)
  }

  /** All of it has come. */
  complete(): void {
    if (this.#decoding !== undefined) this.#decoding.end()
    else {
      this.incoming.end()
      this.#owner.whole()
    }
  }

  /** The rest will not come. */
  fail(error: Error): void {
    this.#decoding?.destroy()
    this.incoming.fail(error)
  }

  /** Nothing limits it any more. */
  override end(): void {
    super.end()
    this.#watch?.end()
  }

  /** The limit of its silence passed. */
  override expire(limitMs: number): void {
    // Slow for nobody: that is no fault of the callee.
    if (this.#hurried) this.cancel(UNWANTED)
    else if (this.incoming.paused) this.#owner.limits.bodyIdle?.add(this, clock.now())
    else this.cancel(new BodyTimeoutError({ endpoint: this.#owner.origin, timeoutMs: limitMs }))
  }

  resume(): void {
    if (this.#decoding === undefined) this.#resume()
    else this.#decoding.resume()
  }

  hurry(): void {
    this.#hurried = true
    this.#renew(hurried)
  }

  cancel(reason: Error): void {
    this.#owner.abandon(reason)
  }

  tooLarge(bytesMax: number): Error {
    const endpoint = this.#owner.origin
    return new ResponseTooLargeError(`body from ${endpoint} is larger than ${bytesMax} bytes`, { endpoint })
  }

  #renew(queue: LimitQueue): void {
    this.unlink()
    queue.add(this, clock.now())
  }

  #decoder(encoding: string): ContentDecoding | undefined {
    const codings = readCodings(encoding)
    if (codings === undefined) return undefined
    const { incoming } = this
    const fail = (cause: Error): void => {
      const error = undecodable(this.#owner.origin, cause)
      // The last of it is decoded when the exchange is over.
      if (this.#owner.over) {
        incoming.fail(error)
        this.#owner.undecoded(error)
      } else this.cancel(error)
    }
    const end = (): void => {
      incoming.end()
      this.#owner.whole()
    }
    return new ContentDecoding(codings, { push: (chunk) => incoming.push(chunk), end, fail }, this.#resume)
  }
}

/** The error for a body in a coding that it is not in. */
export function undecodable(endpoint: string, cause: unknown): Error {
  const why = (cause as Error).message
  return new ProtocolError(`cannot decode the response from ${endpoint}: ${why}`, { endpoint, cause })
}

/** Why an exchange ends whose answer nobody reads to its end. */
const UNWANTED = new Error('the rest of the body is not wanted')

/** How long the small rest of a body that nobody reads may take. */
const hurried = limitQueue(500)!
