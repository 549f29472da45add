/**
 * The claim of a request was taken over by another one, or an earlier transaction has finished it: whatever it writes from here
 * on must not be committed.
 */
export class IdempotencyClaimLostError extends Error {
  override readonly name = 'IdempotencyClaimLostError'
  readonly code = 'WT_IDEMPOTENCY_CLAIM_LOST'

  constructor() {
    super(
      'cannot finish the request: an earlier transaction has finished it, or its lease had ended and another process has taken it over',
    )
  }
}

/** All keys that a store in memory may remember are still needed. */
export class IdempotencyStoreFullError extends Error {
  override readonly name = 'IdempotencyStoreFullError'
  readonly code = 'WT_IDEMPOTENCY_STORE_FULL'
  readonly keysMax: number

  constructor(keysMax: number) {
    super(`cannot claim the key: keysMax is ${keysMax}, and that many are remembered`)
    this.keysMax = keysMax
  }
}

/** Fewer replicas than asked for have what was written: it may be lost when one of them takes the place of the primary. */
export class IdempotencyReplicationError extends Error {
  override readonly name = 'IdempotencyReplicationError'
  readonly code = 'WT_IDEMPOTENCY_REPLICATION'

  constructor(wanted: number, got: number) {
    super(`cannot keep the key safely: ${wanted} replicas must have it, got ${got} in time`)
  }
}
