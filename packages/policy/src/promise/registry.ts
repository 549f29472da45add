import { runtime } from '../clock/runtime.js'
import type { CallOptions, Operation } from './operation.js'
import { checkOptions } from '../options/check-options.js'
import { above, callback, integer, required, type Rule } from '../options/rules.js'
import { OptionError } from '../options/option-error.js'
import type { Outcome } from '../outcome/outcome.js'
import type { ExtraOf } from './pipeline.js'
import type { Policy } from './policy.js'
import type { Snapshot } from '../engine/snapshot.js'
import { Member, MemberList } from './member-list.js'
import { checkRegistryState, type MemberState, type RegistryState } from './registry-state.js'

export interface RegistryOptions<P extends Policy<unknown>> {
  /**
   * Makes the policy of a key that is new, or was evicted. It may be a whole pipeline, and may share parts
   * (a budget, a timeout) with the others. Subscribe to its events here.
   */
  readonly create: (key: string) => P
  /** Policies that are kept, an integer >= 1; beyond it the one that was used longest ago goes. Default 10000. */
  readonly max?: number | undefined
  /** A policy that was not used for this long goes, in milliseconds above 0. Default 600000, ten minutes. */
  readonly idleMs?: number | undefined
}

/** Policies by key. */
export interface Registry<P extends Policy<unknown>> {
  /** Policies that are held now. */
  readonly size: number
  /** The policy of this key, made if there is none; counts as a use. */
  get(key: string): P
  /**
   * Calls the operation under the policy of `options.key`.
   *
   * Rejects as that policy does, and with an `OptionError` when there is no key.
   */
  execute<T>(operation: Operation<T>, options: CallOptions): Promise<T | ExtraOf<P>>
  /** The same, told as a value: it never rejects. */
  outcome<T>(operation: Operation<T>, options: CallOptions): Promise<Outcome<T | ExtraOf<P>>>
  /**
   * Calls back with every policy that is held, to change its options live. Policies that are made later come from
   * `create`, so let that read the new options too.
   */
  update(change: (policy: P, key: string) => void): void
  /** The state of all policies as plain JSON. */
  snapshot(): Snapshot
  /**
   * Puts the snapshot's policies back beside those that are held, with the time that has passed since taken into
   * account. At most `max` are kept.
   *
   * @throws {OptionError} when it is not a snapshot of a registry of such policies
   */
  restore(snapshot: Snapshot): void
}

/**
 * Keeps a policy for each tenant, host or whatever else the key of a call names, so that one that fails does not
 * take the others along.
 *
 * Bounded, since keys come from outside: what was idle, or used longest ago, is dropped, without a timer, when the
 * registry is next used. Calls under way in a dropped policy end as usual; the next call of that key begins with
 * a new policy, so choose `max` above the number of keys in use at the same time.
 *
 * @throws {OptionError} when an option is missing, unknown or out of its range
 * @example
 * let options = { openForMs: 30_000 }
 * const hosts = registry({ create: () => circuitBreaker(options), max: 1_000 })
 * await hosts.execute(async () => 'done', { key: '127.0.0.1:7001' })
 * options = { openForMs: 5_000 }
 * hosts.update((breaker) => breaker.reconfigure(options))
 */
export function registry<P extends Policy<unknown>>(options: RegistryOptions<P>): Registry<P> {
  return new PolicyRegistry(options)
}

class PolicyRegistry<P extends Policy<unknown>> implements Registry<P> {
  readonly #members: MemberList<P> = new MemberList<P>()
  readonly #create: (key: string) => P
  readonly #max: number
  readonly #idleMs: number

  constructor(options: RegistryOptions<P>) {
    checkOptions('registry', options, RULES)
    this.#create = options.create
    this.#max = options.max ?? 10_000
    this.#idleMs = options.idleMs ?? 600_000
  }

  get size(): number {
    this.#evictIdle(runtime.clock.now())
    return this.#members.size
  }

  get(key: string): P {
    if (typeof key !== 'string') {
      throw new OptionError(`cannot choose a policy: key must be a string, got ${String(key)}`, 'key')
    }
    const now = runtime.clock.now()
    this.#evictIdle(now)
    return this.#use(key, now).policy
  }

  execute<T>(operation: Operation<T>, options: CallOptions): Promise<T | ExtraOf<P>> {
    try {
      return this.get(options?.key as string).execute(operation, options) as Promise<T | ExtraOf<P>>
    } catch (error) {
      return Promise.reject(error)
    }
  }

  outcome<T>(operation: Operation<T>, options: CallOptions): Promise<Outcome<T | ExtraOf<P>>> {
    try {
      return this.get(options?.key as string).outcome(operation, options) as Promise<Outcome<T | ExtraOf<P>>>
    } catch (error) {
      return Promise.resolve({ ok: false, error, reason: 'failure' })
    }
  }

  update(change: (policy: P, key: string) => void): void {
    this.#evictIdle(runtime.clock.now())
    for (const { policy, key } of this.#members.all()) change(policy, key)
  }

  snapshot(): Snapshot {
    const now = runtime.clock.now()
    this.#evictIdle(now)
    const members: MemberState[] = []
    for (const { key, policy, usedAt } of this.#members.all()) {
      members.push({ key, idleMs: now - usedAt, snapshot: policy.snapshot() })
    }
    const state: RegistryState = { takenAt: runtime.clock.wallNow(), members }
    return { version: 1, policy: 'registry', state }
  }

  restore(snapshot: Snapshot): void {
    const { takenAt, members } = checkRegistryState(snapshot)
    const now = runtime.clock.now()
    // A wall clock that was set back must not make what is restored younger than it was.
    const passedMs = Math.max(0, runtime.clock.wallNow() - takenAt)
    for (const { key, idleMs, snapshot: state } of members.slice(-this.#max)) {
      const usedAt = now - idleMs - passedMs
      if (usedAt + this.#idleMs <= now) continue
      // Restored in the order of their last use, but as used now: the list is kept in that order.
      this.#use(key, now).policy.restore(state)
    }
  }

  #use(key: string, now: number): Member<P> {
    const known = this.#members.find(key)
    if (known !== undefined) {
      this.#members.touch(known, now)
      return known
    }
    // Created first: when that throws, nobody is evicted for it.
    const member = new Member(key, this.#create(key), now)
    if (this.#members.size >= this.#max) this.#members.remove(this.#members.oldest!)
    this.#members.add(member)
    return member
  }

  #evictIdle(now: number): void {
    const { oldest } = this.#members
    if (oldest === undefined || oldest.usedAt + this.#idleMs > now) return
    for (let member = this.#members.oldest; member !== undefined; member = this.#members.oldest) {
      if (member.usedAt + this.#idleMs > now) return
      this.#members.remove(member)
    }
  }
}

const RULES: Readonly<Record<string, Rule>> = {
  create: required(callback),
  max: integer(1),
  idleMs: above(0),
}
