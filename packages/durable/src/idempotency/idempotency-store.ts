import type { Transaction } from '../store/store.js'
import type { KeptAnswer } from './answer/kept-answer.js'
import type { ClaimTerms } from './decide-claim.js'

/** A request that wants to own a key. */
export interface ClaimRequest extends ClaimTerms {
  /** Stands for caller, method, route and key together. */
  readonly id: string
  /** How long the owner is believed to be at work without a word from it. */
  readonly leaseMs: number
  /** How long the key is remembered from now on. */
  readonly expiryMs: number
  /** How long the store's word is waited for. Default: as long as the store waits for anything. */
  readonly deadlineMs?: number
}

/** The right to run the request and to finish it, as long as nobody has taken it over. */
export interface Claim {
  readonly id: string
  readonly epoch: number
  /** Milliseconds since the Unix epoch, by the store's clock. */
  readonly expiresAt: number
}

export type ClaimResult =
  | { readonly kind: 'new' | 'takeover'; readonly claim: Claim }
  | { readonly kind: 'replay'; readonly answer: KeptAnswer; readonly expiresAt: number }
  | { readonly kind: 'mismatch' | 'in-flight' | 'unknown' }

/**
 * Where keys are kept. All of its steps are atomic, and all times are by the store's clock, so that no two processes
 * differ on them. One contract suite runs on every adapter.
 */
export interface IdempotencyStore {
  /** Decides as `decideClaim` does, and makes whoever is told to run the owner. */
  claim(request: ClaimRequest): Promise<ClaimResult>
  /**
   * Keeps the answer; to say it twice does no harm. False: the claim was taken over, or is finished with another answer;
   * nothing is written then.
   */
  finish(claim: Claim, answer: KeptAnswer): Promise<boolean>
  /**
   * The same within a transaction of the database in which the keys are kept: the answer is kept exactly when the
   * transaction is committed. False too where the claim is finished already, be it with the same answer: the change that
   * goes with it has been made then; the transaction cannot be committed any more. Absent where keys are kept elsewhere.
   */
  finishWithin?(transaction: Transaction, claim: Claim, answer: KeptAnswer): Promise<boolean>
  /** Lets the lease end `leaseMs` from now; 0 ends it at once. False: the claim was taken over or is finished. */
  renew(claim: Claim, leaseMs: number): Promise<boolean>
  /** Forgets the key, as if the request had never come. False: the claim was taken over or is finished. */
  release(claim: Claim): Promise<boolean>
  /** Removes what has expired, at most `limit` keys; resolves to how many were removed. */
  clean(limit: number): Promise<number>
  /** Ends the connections that the store has opened itself. */
  close(): Promise<void>
}
