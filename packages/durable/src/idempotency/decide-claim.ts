/** What to do with a key whose owner has not finished before its lease ended: run again, or refuse every further request. */
export type OnTakeover = 'rerun' | 'conflict'

/** What a store knows of a key. Times are milliseconds since the Unix epoch by the store's own clock. */
export interface ClaimRecord {
  /** Of the payload that the key first came with. */
  readonly fingerprint: string
  /** Of the request that owns the key. */
  readonly claimant: string
  /** Who owns the key now: whoever writes for another epoch is refused. It only ever grows. */
  readonly epoch: number
  /** Until when the owner is believed to be at work; undefined once it has finished. */
  readonly leaseUntil: number | undefined
  readonly expiresAt: number
}

/** What a request asks of the key. */
export interface ClaimTerms {
  readonly fingerprint: string
  /** Another one for each request: a claim whose answer was lost on the way can be made again. */
  readonly claimant: string
  readonly onTakeover: OnTakeover
}

/**
 * - `new`: nobody has used the key, or so long ago that it has expired: run.
 * - `takeover`: its owner has not finished before its lease ended: run again, as the owner of a new epoch. So it is too
 *   where the request asks again because the answer to its claim was lost.
 * - `replay`: done, here is the answer.
 * - `mismatch`: the key belongs to another payload.
 * - `in-flight`: its owner is at work.
 * - `unknown`: its owner has not finished before its lease ended, and running again is not wanted.
 */
export type ClaimDecision = 'new' | 'takeover' | 'replay' | 'mismatch' | 'in-flight' | 'unknown'

/** Decides what becomes of a request, from what the store knows of its key. Every store comes to the same decision. */
export function decideClaim(record: ClaimRecord | undefined, terms: ClaimTerms, now: number): ClaimDecision {
  if (record === undefined) return 'new'
  const { leaseUntil, expiresAt } = record
  const isSamePayload = record.fingerprint === terms.fingerprint
  if (leaseUntil !== undefined && record.claimant === terms.claimant) return 'takeover'
  // What is being worked on does not expire below the hands of its owner.
  if (leaseUntil !== undefined && leaseUntil > now) return isSamePayload ? 'in-flight' : 'mismatch'
  if (expiresAt <= now) return 'new'
  if (!isSamePayload) return 'mismatch'
  if (leaseUntil === undefined) return 'replay'
  return terms.onTakeover === 'rerun' ? 'takeover' : 'unknown'
}

/**
 * The epoch of the next owner: the time in microseconds, and always more than the last one. So it grows too where the
 * record of the last owner has been removed in between.
 */
export function nextEpoch(previous: number | undefined, now: number): number {
  return Math.max((previous ?? 0) + 1, Math.floor(now * 1_000))
}
