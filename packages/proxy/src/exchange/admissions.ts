import { systemClock, systemRandom } from '@watertight/policy/decisions'
import type { ServerParts } from '@watertight/telemetry'
import { measureProcessLoad } from '@watertight/telemetry/process'
import {
  Overload,
  overloadLimits,
  type OverloadOptions,
  type OverloadState,
  Shedding,
  type SlotSeeker,
} from '@watertight/traffic'
import type { AdaptiveLimitOptions } from '@watertight/policy'

/** What is more than can be borne, for the services behind and for this process. */
export interface SheddingOptions {
  /** How many requests may be under way at once: a limit that is found by how long they take. */
  readonly limit?: AdaptiveLimitOptions | undefined
  /** What this process may bear. */
  readonly overload?: OverloadOptions | undefined
}

const LIMIT_DEFAULTS: AdaptiveLimitOptions = { initialLimit: 100, maxLimit: 1_000, queue: 100 }

/**
 * Lets requests in, has them wait, or sheds them, the least important first, by the decisions that guard a server in
 * code: an adaptive limit of what is under way, and the load of this process.
 */
export class Admissions implements ServerParts {
  private readonly shedding: Shedding
  private readonly load: Overload

  constructor({ limit, overload = {} }: SheddingOptions) {
    this.shedding = new Shedding({ ...LIMIT_DEFAULTS, ...limit }, systemClock, systemRandom)
    const probe = measureProcessLoad(overloadLimits(overload))
    this.load = new Overload(overload, probe, systemClock.now())
  }

  get limit(): number {
    return this.shedding.limit
  }

  get queued(): number {
    return this.shedding.queued
  }

  get overload(): OverloadState {
    return this.load
  }

  /** Grants, sheds or queues. Answers how to give up the wait, where there is one. */
  seek(seeker: SlotSeeker, now: number, priority: number, patienceMs: number): (() => void) | undefined {
    if (!this.load.sheds(priority, now)) return this.shedding.seek(seeker, now, priority, patienceMs)
    seeker.shed()
    return undefined
  }

  /**
   * The request that held this permit is over. Only what was answered well, or took too long, tells how much can be borne.
   */
  settle(permit: number, startedAt: number, outcome: 'success' | 'failure' | 'ignored'): void {
    const now = systemClock.now()
    this.shedding.settle(permit, now, outcome, now - startedAt)
  }
}
