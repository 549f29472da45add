import { ExpiryEntry } from '@watertight/policy/decisions'
import { clock } from '../../runtime/clock.js'
import { limitQueue } from '../../runtime/limit-queue.js'
import { ConnectTimeoutError } from '../failure/time-limit-error.js'

/**
 * Where attempts wait until the name of their destination is resolved for the first time. Each waits no longer than it
 * may take to connect, for a name server that is silent must not hold calls that have limits.
 */
export class FirstAddresses {
  /** As its caller calls it. */
  readonly #origin: string
  readonly #waiting: Set<AddressWait> = new Set()
  /** Why there are none. */
  #failure: Error | undefined = undefined

  constructor(origin: string) {
    this.#origin = origin
  }

  /** Rejects when the limit has passed, or with the reason of the signal. */
  wait(limitMs: number, signal: AbortSignal): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error)
      const over = (error: Error | undefined): void => {
        this.#waiting.delete(wait)
        if (error === undefined) resolve()
        else reject(error)
      }
      const wait = new AddressWait(this.#origin, signal, over)
      this.#waiting.add(wait)
      limitQueue(limitMs)?.add(wait, clock.now())
    })
  }

  /** They are there. */
  found(): void {
    for (const wait of this.#waiting) wait.settle(undefined)
  }

  /** They cannot be found, or are not wanted any more. */
  fail(error: Error): void {
    this.#failure = error
    for (const wait of this.#waiting) wait.settle(error)
  }
}

/** The wait of one attempt. */
class AddressWait extends ExpiryEntry {
  readonly #origin: string
  readonly #signal: AbortSignal
  readonly #over: (error: Error | undefined) => void

  constructor(origin: string, signal: AbortSignal, over: (error: Error | undefined) => void) {
    super()
    this.#origin = origin
    this.#signal = signal
    this.#over = over
    signal.addEventListener('abort', this)
  }

  settle(error: Error | undefined): void {
    this.end()
    this.#signal.removeEventListener('abort', this)
    this.#over(error)
  }

  handleEvent(): void {
    this.settle(this.#signal.reason as Error)
  }

  override expire(timeoutMs: number): void {
    this.settle(new ConnectTimeoutError({ endpoint: this.#origin, timeoutMs }))
  }
}
