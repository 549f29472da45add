import type { CacheResult } from '../events/events.js'
import { checkOptions } from '../options/check-options.js'
import { above, callback, flag, integer, milliseconds, required, type Rule } from '../options/rules.js'
import { verdictOf, type FailurePredicates } from '../outcome/failure-predicates.js'
import { discard } from '../outcome/discard.js'
import { ABORTED, FAILED, SUCCEEDED } from '../outcome/kind.js'
import { fork } from '../engine/fork.js'
import { NEXT, TURN, WAIT, type Flow } from '../engine/flow.js'
import type { Frame } from '../engine/frame.js'
import type { Policy } from '../promise/policy.js'
import { PolicyStep } from '../promise/policy-step.js'
import { AgingEntries } from './aging-entries.js'
import { Flight, Place, type Answer } from './flight.js'

export interface CacheOptions extends FailurePredicates {
  /** How long a result is fresh, in milliseconds, > 0. */
  readonly ttlMs: number
  /** How long after that it is still given out while it is refreshed in the background. Default 0. */
  readonly staleWhileRevalidateMs?: number | undefined
  /** How long after `ttlMs` it answers a failure. Default 0. */
  readonly staleIfErrorMs?: number | undefined
  /** How many results are kept; the least recently used goes first. Default 1000. */
  readonly max?: number | undefined
  /** Whether identical calls at the same time share one run of the operation. Default `true`. */
  readonly coalesce?: boolean | undefined
}

/** A cache that can be looked into and emptied. */
export interface CachePolicy extends Policy {
  /** Results held now, including those that have aged and have not been asked for since. */
  readonly size: number
  /** Forgets the result of one key, or of all. What is being computed right now will not be kept either. */
  invalidate(key?: string): void
}

/**
 * Keeps results by the `key` of the call. A call without a key passes through.
 *
 * Only successes are kept: no failure, no result that `whenResult` rejects, nothing that a fallback further in
 * made up. Stale answers say `fallback: true` in the outcome. A value is handed to many callers, so it must not
 * be one that can be read only once, such as a response body. The two windows are those of RFC 5861.
 *
 * A shared run does not end with the caller that started it: each caller's abort settles that caller alone, and
 * the run is cancelled when the last one has gone. One refresh of a key is under way at most; limits on
 * refreshes (bulkhead, timeout) belong inside the cache.
 *
 * @throws {OptionError} when an option is missing, unknown or out of its range
 * @example
 * const call = cache({ ttlMs: 1_000, staleIfErrorMs: 60_000 })
 * const price = await call.execute(async () => 12, { key: 'book-42' })
 */
export function cache(options: CacheOptions): CachePolicy {
  return new Cache(options)
}

class Cache extends PolicyStep implements CachePolicy {
  readonly name = 'cache'
  readonly #options: CacheOptions
  readonly #entries: AgingEntries
  /** The runs that further calls of a key may join. */
  readonly #shared: Map<string, Flight> = new Map()
  readonly #flights: Set<Flight> = new Set()

  constructor(options: CacheOptions) {
    super()
    checkOptions('cache', options, RULES)
    this.#options = options
    const staleMs = Math.max(options.staleWhileRevalidateMs ?? 0, options.staleIfErrorMs ?? 0)
    this.#entries = new AgingEntries(options.max ?? 1_000, options.ttlMs + staleMs)
  }

  get size(): number {
    return this.#entries.size
  }

  invalidate(key?: string): void {
    this.#entries.delete(key)
    for (const flight of this.#flights) {
      if (key !== undefined && flight.key !== key) continue
      flight.storable = false
      this.#unshare(flight)
    }
  }

  override newSlot(): Place {
    return new Place()
  }

  override enter(frame: Frame, index: number): Flow {
    const { key } = frame.options
    if (key === undefined) return NEXT
    const { ttlMs, staleWhileRevalidateMs = 0 } = this.#options
    const now = frame.now()
    const entry = this.#entries.get(key, now)
    const ageMs = entry === undefined ? Infinity : now - entry.storedAt
    if (ageMs < ttlMs)
      return this.#give(frame, { kind: SUCCEEDED, value: entry!.value, fallback: false }, 'hit')
    if (ageMs < ttlMs + staleWhileRevalidateMs) {
      this.#give(frame, { kind: SUCCEEDED, value: entry!.value, fallback: true }, 'stale')
      if (!this.#shared.has(key)) this.#start(new Flight(key, true), frame, index)
      return TURN
    }
    return this.#fetch(key, frame, index)
  }

  override cancel(frame: Frame, index: number): void {
    const place = frame.slots[index] as Place
    const { flight } = place
    if (flight === undefined) return
    flight.leave(place)
    // Nobody may join a run that is being cancelled.
    if (!flight.storable) this.#unshare(flight)
  }

  /** Joins a run of the same key, or starts one. */
  #fetch(key: string, frame: Frame, index: number): Flow {
    const place = frame.slots[index] as Place
    const shared = this.#options.coalesce === false ? undefined : this.#shared.get(key)
    if (shared !== undefined) {
      shared.join(place, frame, index)
      this.#report(key, 'coalesced')
      return WAIT
    }
    const flight = new Flight(key, false)
    this.#report(key, 'miss')
    flight.join(place, frame, index)
    this.#start(flight, frame, index)
    if (flight.answer === undefined) return WAIT
    // It was over before it could be waited for.
    place.flight = undefined
    return this.#give(frame, flight.answer, undefined)
  }

  #start(flight: Flight, frame: Frame, index: number): void {
    this.#flights.add(flight)
    if (flight.background || this.#options.coalesce !== false) this.#shared.set(flight.key, flight)
    // The run belongs to all who will wait for it, and so does not end with its caller.
    const branch = fork(frame, index, frame.attempt, (ended) => {
      this.#settle(flight, ended)
    })
    if (flight.answer === undefined) flight.branch = branch
  }

  #settle(flight: Flight, branch: Frame): void {
    // Whoever is still being let in takes the answer on its own way.
    const starting = flight.branch === undefined
    const answer = this.#answer(flight, branch)
    flight.answer = answer
    flight.branch = undefined
    flight.bequeath(branch)
    branch.release()
    this.#flights.delete(flight)
    this.#unshare(flight)
    let leader = starting && !flight.background
    for (const place of flight.waiting) {
      flight.waiting.delete(place)
      const { frame, index } = place
      if (leader) {
        leader = false
        continue
      }
      place.flight = undefined
      this.#give(frame!, answer, undefined)
      frame!.resume(index, false)
    }
  }

  /** What everybody gets; a success is kept. */
  #answer(flight: Flight, branch: Frame): Answer {
    const { kind, value, fallback } = branch
    const { key } = flight
    const now = branch.now()
    try {
      const asFailure = kind === SUCCEEDED || kind === ABORTED ? kind : FAILED
      const verdict = verdictOf(asFailure, asFailure === FAILED ? branch.error : value, this.#options)
      if (verdict === 'success' && kind === SUCCEEDED && !fallback && flight.storable) {
        this.#entries.set(key, value, now)
      }
      if (verdict !== 'failure') return { kind, value, fallback }
    } catch (error) {
      // A predicate of the user's threw: the call fails with that.
      if (kind === SUCCEEDED) discard(value)
      return { kind: FAILED, value: error, fallback: false }
    }
    const { ttlMs, staleIfErrorMs = 0 } = this.#options
    const entry = this.#entries.get(key, now)
    const unheard = flight.waiting.size === 0
    const usable = entry !== undefined && now - entry.storedAt < ttlMs + staleIfErrorMs
    if (kind === SUCCEEDED && (unheard || usable)) discard(value)
    if (unheard || !usable) return { kind, value, fallback }
    this.#report(key, 'stale-if-error')
    return { kind: SUCCEEDED, value: entry.value, fallback: true }
  }

  #give(frame: Frame, { kind, value, fallback }: Answer, result: CacheResult | undefined): Flow {
    frame.end(kind, value, fallback)
    if (result !== undefined) this.#report(frame.options.key!, result)
    return TURN
  }

  #unshare(flight: Flight): void {
    if (this.#shared.get(flight.key) === flight) this.#shared.delete(flight.key)
  }

  #report(key: string, result: CacheResult): void {
    if (this.observed) this.emit('cache', { key, result })
  }
}

const RULES: Readonly<Record<string, Rule>> = {
  ttlMs: required(above(0)),
  staleWhileRevalidateMs: milliseconds(),
  staleIfErrorMs: milliseconds(),
  max: integer(1),
  coalesce: flag,
  when: callback,
  whenResult: callback,
}
