import type { CircuitBreaker } from '../circuit-breaker/circuit-breaker.js'
import type { Clock } from '../clock/clock.js'
import type { ExpiryEntry, ExpiryQueue } from '../clock/expiry-queue.js'
import type { Verdict } from '../outcome/verdict.js'
import type { RetryBudget } from '../retry-budget/retry-budget.js'
import type { CallState } from './call-state.js'

/** The places on a happy path: a step of one kind each, two time limits, and any number of steps that leave no trace. */
export type HappyPlace = 'breaker' | 'bulkhead' | 'retry' | 'limit' | 'anywhere'

/** A circuit breaker's step, and what it keeps for a call. */
export interface BreakerPart {
  readonly decision: CircuitBreaker
  /** Whether it takes a result for a failure. */
  readonly whenResult: ((value: unknown) => boolean) | undefined
}
export interface BreakerSlot {
  permit: number
}

/** A retry's step. */
export interface RetryPart {
  readonly budget?: RetryBudget | undefined
  /** Whether it takes a result for a failure. */
  readonly whenResult: ((value: unknown) => boolean) | undefined
}

/** A bulkhead's step, its slots, and what it keeps for a call. */
export interface BulkheadPart {
  readonly decision: SlotCount
}
interface SlotCount {
  /** How many wait for a slot. */
  readonly queued: number
  /** Takes a free slot, if there is one that nobody waits for. */
  take(): boolean
  settle(permit: number, now: number, verdict: Verdict, durationMs: number): void
}
export interface BulkheadSlot {
  abandonedBefore: number
}

/** A time limit's step and what it keeps for a call. */
export interface LimitPart {
  readonly ms: number
  /** Whether its limit decides of this call, and no deadline from elsewhere; there where a deadline may be nearer. */
  leavesItToLimit?(call: CallState): boolean

  /** The queue of its duration, which is finite. */
  queueOn(clock: Clock): ExpiryQueue
}
export interface LimitSlot extends ExpiryEntry {
  outerDeadline: number
  /** Ends its wait in a queue. */
  lift(): void
}
