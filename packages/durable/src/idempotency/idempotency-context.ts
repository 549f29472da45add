import { type Clock, runtime } from '@watertight/policy/decisions'
import type { OnTakeover } from './decide-claim.js'
import {
  checkIdempotencyOptions,
  type IdempotencyOptions,
  type IdempotencyStep,
} from './idempotency-options.js'
import type { IdempotencyStore } from './idempotency-store.js'
import { KeyCleaning } from './key-cleaning.js'

const HOUR_MS = 3_600_000
const MEBIBYTE = 1024 * 1024
const TEMPORARY: ReadonlySet<number> = new Set([409, 429, 503])

/** The options with their defaults, and what every part needs of the runtime. */
export class IdempotencyContext {
  readonly options: IdempotencyOptions
  readonly store: IdempotencyStore
  readonly clock: Clock
  readonly onTakeover: OnTakeover
  readonly keeps: (status: number) => boolean
  readonly expiryMs: number
  readonly leaseMs: number
  readonly claimDeadlineMs: number
  readonly runMsMax: number
  readonly waitMs: number
  readonly requestBytesMax: number
  readonly answerBytesMax: number
  private readonly cleaning: KeyCleaning

  constructor(options: IdempotencyOptions) {
    checkIdempotencyOptions(options)
    const { inFlight = 'conflict' } = options
    this.options = options
    this.store = options.store
    this.clock = options.clock ?? ambientClock
    this.onTakeover = options.onTakeover ?? 'conflict'
    this.keeps = options.keeps ?? ((status) => !TEMPORARY.has(status))
    this.expiryMs = options.expiryMs ?? 24 * HOUR_MS
    this.leaseMs = options.leaseMs ?? 30_000
    this.claimDeadlineMs = options.claimDeadlineMs ?? 5_000
    this.runMsMax = options.runMsMax ?? 600_000
    this.waitMs = inFlight === 'conflict' ? 0 : inFlight.waitMs
    this.requestBytesMax = options.requestBytesMax ?? MEBIBYTE
    this.answerBytesMax = options.answerBytesMax ?? MEBIBYTE
    this.cleaning = new KeyCleaning(this.store, this.clock, (error) => this.report(error, 'clean'))
  }

  report(error: unknown, step: IdempotencyStep): void {
    void this.tell(error, step)
  }

  /** What hears of failures must neither keep a request from being answered nor end the process. */
  private async tell(error: unknown, step: IdempotencyStep): Promise<void> {
    const { onError = (cause: unknown) => console.error(`idempotency: ${step} failed`, cause) } = this.options
    try {
      await (onError(error, step) as unknown)
    } catch (cause) {
      console.error(cause)
    }
  }

  /** Undefined, and reported, where it fails. */
  async attempt<Result>(step: IdempotencyStep, work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work()
    } catch (error) {
      this.report(error, step)
      return undefined
    }
  }

  /** Whichever server a request came to: once a minute, beside it, keys that have expired are removed. */
  cleanNowAndThen(): void {
    this.cleaning.look()
  }

  async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => this.clock.setTimer(ms, resolve))
  }
}

const ambientClock: Clock = {
  now: () => runtime.clock.now(),
  wallNow: () => runtime.clock.wallNow(),
  setTimer: (delayMs, callback, holdsProcess) => runtime.clock.setTimer(delayMs, callback, holdsProcess),
}
