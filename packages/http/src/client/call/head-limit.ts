import { ExpiryEntry } from '@watertight/policy/decisions'
import { HeadersTimeoutError } from '../failure/time-limit-error.js'
import type { Watched } from './body-watch.js'

/** What waits for the head of an answer. */
interface Awaiting extends Watched {
  /** The origin that is to answer. */
  readonly origin: string
}

/** The limit of the wait for the head of an answer, from the end of the request on. */
export class HeadLimit extends ExpiryEntry {
  readonly #awaiting: Awaiting

  constructor(awaiting: Awaiting) {
    super()
    this.#awaiting = awaiting
  }

  override expire(timeoutMs: number): void {
    this.#awaiting.abandon(new HeadersTimeoutError({ endpoint: this.#awaiting.origin, timeoutMs }))
  }
}
