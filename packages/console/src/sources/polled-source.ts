import { setTimeout as sleep } from 'node:timers/promises'
import type { SourceKind, SourceStand } from '../model/source-stand.js'
import type { Told } from '../model/told.js'

export interface PolledSourceOptions<Fact> {
  readonly name: string
  readonly kind: SourceKind
  /** Where it is, without secrets. */
  readonly place: string
  readonly everyMs: number
  /** What has not answered by then has failed. */
  readonly deadlineMs: number
  readonly read: (signal: AbortSignal) => Promise<Fact>
  readonly onRead?: (fact: Fact) => void
  /** Why this error says that there is nothing to read, which is no trouble; undefined where it does not say so. */
  readonly absence?: (error: unknown) => string | undefined
}

/** What was absent is asked for less often: each request is a line in the log of many a service. */
const ABSENT_STEPS = 15

/**
 * One place that the console reads from, again and again, by itself: one that hangs or fails holds up no other. What it said last
 * counts until it fails.
 */
export class PolledSource<Fact> {
  readonly #options: PolledSourceOptions<Fact>
  readonly #closing = new AbortController()
  #told: Told<Fact>
  #stand: SourceStand
  #first: Promise<void> | undefined

  constructor(options: PolledSourceOptions<Fact>) {
    const { name, kind, place } = options
    this.#options = options
    this.#told = { known: false, source: name, reason: 'it has not answered yet' }
    this.#stand = { name, kind, place, state: 'waiting', reason: null, answeredAt: null, tookMs: null }
  }

  /** What it said last. */
  get told(): Told<Fact> {
    return this.#told
  }

  get stand(): SourceStand {
    return this.#stand
  }

  /** Resolves once it has answered or failed for the first time. */
  async start(): Promise<void> {
    this.#first ??= this.#read().then(() => void this.#poll())
    await this.#first
  }

  close(): void {
    this.#closing.abort()
  }

  async #poll(): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      const steps = this.#stand.state === 'absent' ? ABSENT_STEPS : 1
      await sleep(this.#options.everyMs * steps, undefined, { signal, ref: false }).catch(() => {})
      if (!signal.aborted) await this.#read()
    }
  }

  async #read(): Promise<void> {
    const { name, deadlineMs, read, onRead, absence } = this.#options
    const startedAt = performance.now()
    const limit = AbortSignal.timeout(deadlineMs)
    try {
      const fact = await within(read(AbortSignal.any([limit, this.#closing.signal])), limit, deadlineMs)
      if (this.#closing.signal.aborted) return
      const tookMs = Math.round(performance.now() - startedAt)
      this.#told = { known: true, value: fact }
      this.#stand = { ...this.#stand, state: 'ok', reason: null, answeredAt: Date.now(), tookMs }
      onRead?.(fact)
    } catch (error) {
      if (this.#closing.signal.aborted) return
      // What has answered once and is gone now has been lost.
      const absent = this.#stand.answeredAt === null ? absence?.(error) : undefined
      const reason = absent ?? (limit.aborted ? tooLate(deadlineMs) : reasonOf(error))
      this.#told = { known: false, source: name, reason }
      this.#stand = {
        ...this.#stand,
        state: absent === undefined ? 'failing' : 'absent',
        reason,
        tookMs: null,
      }
    }
  }
}

/** Whatever does not heed the signal is waited for no longer than what does. */
async function within<Value>(work: Promise<Value>, limit: AbortSignal, deadlineMs: number): Promise<Value> {
  return await new Promise((resolve, reject) => {
    const late = (): void => reject(new Error(tooLate(deadlineMs)))
    limit.addEventListener('abort', late, { once: true })
    work.then(resolve, reject).finally(() => limit.removeEventListener('abort', late))
  })
}

const tooLate = (deadlineMs: number): string => `it does not answer within ${deadlineMs / 1_000} s`

/** What went wrong, as people read it: below what `fetch` says lies what the system said. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (error.message === 'fetch failed' && cause instanceof Error) return reasonOf(cause)
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  return error.message === '' ? ((error as NodeJS.ErrnoException).code ?? error.name) : error.message
}
