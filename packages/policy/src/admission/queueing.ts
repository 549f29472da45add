import type { Refusal } from '../outcome/refusal.js'
import type { Admission } from './admission.js'
import type { WaitEnd, Waiter } from './waiter-queue.js'

/** What `admit` answers, instead of a permit, for work that may wait: hand its waiter to `wait`. */
export const QUEUE = 0

/** Why a decision that lets work wait refuses some: neither a permit nor a place was free, or the wait ended so. */
export type QueueingRefusalReason = 'full' | WaitEnd

/** The shape of an admission that lets work wait for its permit. */
export interface Queueing<W extends Waiter = Waiter> extends Admission {
  /** How many wait. */
  readonly queued: number
  /** Milliseconds after which the driver should let a waiter `leave` and refuse it; `Infinity` if its wait ends by itself. */
  readonly maxWaitMs: number
  /** A permit, or `QUEUE`, or the refusal. */
  admit(now: number, priority?: number): number | Refusal
  /** Queues the waiter. Answers who must be refused for it, if anybody: itself, or a less important one. */
  wait(waiter: W, now: number): W | undefined
  /**
   * The next waiter whose wait is over: its `permit` is positive, or 0 if it is to be refused for the reason `end`.
   * Ask until there is none, after each `settle` and `reconfigure`, and when `grantAt` has come.
   */
  grant(now: number): W | undefined
  /** When `grant` is due although nothing is settled; `Infinity` for a decision that hands on only what is given back. */
  readonly grantAt: number
  /** Ends a wait from outside (abort, or `maxWaitMs` passed). `false` when it was over already. */
  leave(waiter: W): boolean
  /** The refusal to hand to a waiter whose wait has ended so. */
  refusal(reason: QueueingRefusalReason, now: number): Refusal
}
