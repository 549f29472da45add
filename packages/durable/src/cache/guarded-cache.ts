import { bulkhead, circuitBreaker, type CircuitBreakerPolicy, pipeline, timeout } from '@watertight/policy'
import { runtime, type Timer } from '@watertight/policy/decisions'
import type { Cache } from './cache.js'
import type { CacheClient } from './cache-client.js'
import { ProcessorUse, usedMsIn } from './processor-use.js'

export interface GuardedCacheOptions {
  readonly client: CacheClient
  /** What it is asked for no longer, in milliseconds. Default 100. */
  readonly timeoutMs?: number
  /** An answer that takes longer is slow, in milliseconds. Default 25. */
  readonly slowOverMs?: number
  /** How long it is left alone before it is tried again, in milliseconds. Default 2000. */
  readonly openForMs?: number
  /** Hears when it is left alone, and when it is in use again. */
  readonly onChange?: (isInUse: boolean) => void
}

const LOOK_MS = 1_000
/** More than so many updates at once are left out: each of them would only keep the server from its reads. */
const UPDATES = 20
const PREFIX = 'watertight:cache:'

/**
 * A cache in Redis behind a circuit breaker of its own. It is left alone when half of its answers fail or are slow, or when the server
 * uses more than nine tenths of a core; updates stop then, and reads find nothing, so that whoever asks goes to the database. Trial
 * reads find out when it is well again; updates begin once it is.
 */
export class GuardedCache implements Cache {
  readonly #options: GuardedCacheOptions
  readonly #breaker: CircuitBreakerPolicy
  readonly #reads: ReturnType<typeof pipeline>
  readonly #updates: ReturnType<typeof pipeline>
  readonly #use = new ProcessorUse()
  #timer: Timer | undefined
  #wasInUse = true
  #isClosed = false

  constructor(options: GuardedCacheOptions) {
    this.#options = options
    const { timeoutMs = 100, slowOverMs = 25, openForMs = 2_000 } = options
    this.#breaker = circuitBreaker({
      name: 'cache',
      window: { durationMs: 5_000 },
      minimumCalls: 10,
      failureRate: 0.5,
      slowCalls: { overMs: slowOverMs, rate: 0.5 },
      openForMs,
      halfOpenCalls: 5,
    })
    this.#reads = pipeline(this.#breaker, timeout({ ms: timeoutMs }))
    this.#updates = pipeline(
      this.#breaker,
      bulkhead({ concurrency: UPDATES, queue: 0 }),
      timeout({ ms: timeoutMs }),
    )
    this.#lookLater()
  }

  get isInUse(): boolean {
    return this.#breaker.state === 'closed'
  }

  async get(key: string): Promise<string | undefined> {
    const read = await this.#reads.outcome(() => this.#options.client.get(PREFIX + key))
    this.#tell()
    return read.ok ? ((read.value as string | null) ?? undefined) : undefined
  }

  put(key: string, value: string, expiresAt: number): void {
    // Trials are for reads: somebody waits for those.
    if (!this.isInUse) return
    const at = Math.floor(expiresAt)
    void this.#updates
      .outcome(() => this.#options.client.set(PREFIX + key, value, 'PXAT', at))
      .then(() => this.#tell())
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    await this.#options.client.quit().catch(() => {})
  }

  #lookLater(): void {
    this.#timer = runtime.clock.setTimer(LOOK_MS, () => void this.#look(), false)
  }

  /** A server that does not even say what it uses is judged by its answers alone. */
  async #look(): Promise<void> {
    const info = await this.#options.client.info('cpu').catch(() => undefined)
    const usedMs = info === undefined ? undefined : usedMsIn(info)
    const { isBusy } = this.#use
    if (usedMs !== undefined) this.#use.look(usedMs, runtime.clock.now())
    if (this.#use.isBusy !== isBusy) this.#breaker.force(this.#use.isBusy ? 'open' : undefined)
    this.#tell()
    if (!this.#isClosed) this.#lookLater()
  }

  #tell(): void {
    const { isInUse } = this
    if (isInUse === this.#wasInUse) return
    this.#wasInUse = isInUse
    this.#options.onChange?.(isInUse)
  }
}
