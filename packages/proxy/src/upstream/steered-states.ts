import { type CallSettings, type RetryOn, defaultRetryOn } from '@watertight/traffic'
import { ExpiryQueue, systemClock } from '@watertight/policy/decisions'
import type { DestinationState } from './destination-state.js'

/** What a caller that may steer asks for, as far as its attempts are concerned. */
export interface SteeredAttempts {
  readonly retries: number | undefined
  readonly retryOn: readonly RetryOn[]
  readonly attemptMs: number | undefined
}

/** Callers that steer ask for the same few things again and again; whoever asks for ever new ones pays for it. */
const KEPT_MAX = 64

/**
 * What is in force for calls whose callers ask for other retries or limits than the document has. Only the retries are
 * other ones: breakers, limits and ejection are those of the destination, and no caller steers them.
 */
export class SteeredStates {
  private readonly make: (settings: CallSettings) => DestinationState
  private readonly byWish: Map<string, DestinationState> = new Map()
  private readonly limits: Map<number, ExpiryQueue> = new Map()

  constructor(make: (settings: CallSettings) => DestinationState) {
    this.make = make
  }

  /** The document has changed. */
  clear(): void {
    this.byWish.clear()
  }

  of(state: DestinationState, { retries, retryOn, attemptMs }: SteeredAttempts): DestinationState {
    if (state.settings.mode === 'observe') return state
    const retrying = this.retrying(state, retries, retryOn)
    return attemptMs === undefined
      ? retrying
      : { ...retrying, attemptMs, attemptLimit: this.limit(attemptMs) }
  }

  /** Without conditions, of the document or the caller, there is nothing that would be tried again. */
  private retrying(
    state: DestinationState,
    retries: number | undefined,
    asked: readonly RetryOn[],
  ): DestinationState {
    const { settings } = state
    const { retry } = settings
    if (asked.length === 0 && (retries === undefined || retry === false)) return state
    const wish = `${retries} ${asked.join()}`
    const known = this.byWish.get(wish)
    if (known !== undefined) return known
    const rules = retry === false ? { attempts: 2, on: [] } : { attempts: 3, on: defaultRetryOn, ...retry }
    const attempts = retries === undefined ? rules.attempts : retries + 1
    const on = [...new Set([...(rules.on ?? []), ...asked])]
    const steered = this.make({ ...settings, retry: { ...rules, attempts, on } })
    if (this.byWish.size >= KEPT_MAX) this.byWish.clear()
    this.byWish.set(wish, steered)
    return steered
  }

  /** Queues of their own: those of the policies are for the few durations of a document. */
  private limit(ms: number): ExpiryQueue {
    const known = this.limits.get(ms)
    if (known !== undefined) return known
    if (this.limits.size >= KEPT_MAX) this.limits.clear()
    const queue = new ExpiryQueue(systemClock, ms)
    this.limits.set(ms, queue)
    return queue
  }
}
