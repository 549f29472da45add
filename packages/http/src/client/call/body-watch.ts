import { type AbortListener, addAbortListener, removeAbortListener } from '@watertight/policy/decisions'
import { clock, type Timer } from '../../runtime/clock.js'

/** What is ended when its time is up or its caller is gone. */
export interface Watched {
  abandon(reason: Error): void
}

/** What may end a body that takes its time, besides silence: the call's total limit, and its caller. */
export class BodyWatch implements AbortListener {
  readonly #watched: Watched
  readonly #signal: AbortSignal | undefined
  #timer: Timer | undefined = undefined

  constructor(watched: Watched, signal: AbortSignal | undefined) {
    this.#watched = watched
    this.#signal = signal
    if (signal !== undefined) addAbortListener(signal, this)
  }

  /** Ends it with this error after so many milliseconds. */
  limit(leftMs: number, error: () => Error): void {
    this.#timer = clock.setTimer(Math.max(0, leftMs), () => this.#watched.abandon(error()))
  }

  handleEvent(): void {
    this.#watched.abandon(this.#signal!.reason as Error)
  }

  end(): void {
    this.#timer?.cancel()
    if (this.#signal !== undefined) removeAbortListener(this.#signal, this)
  }
}
