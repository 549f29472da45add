import { StoreError } from '../../store/errors.js'
import type { QueryOptions, Store, Transaction } from '../../store/store.js'
import { decodeAnswer, encodeAnswer, type KeptAnswer } from '../answer/kept-answer.js'
import { type ClaimRecord, decideClaim } from '../decide-claim.js'
import type { Claim, ClaimRequest, ClaimResult, IdempotencyStore } from '../idempotency-store.js'
import { cleanKeys } from './clean-keys.js'
import { type ClaimedKey, type ClaimedRow, claimKey } from './claim-key.js'
import { finishClaim, finishClaimOnce, isClaimLost } from './finish-claim.js'
import { releaseClaim } from './release-claim.js'
import { renewClaim } from './renew-claim.js'

/** Each further one means that another process has changed the key between the look and the write of ours. */
const TRIES_MAX = 10

export interface PostgresIdempotencyStoreOptions {
  /** Requests that are finished within a transaction are finished within one of this store. */
  readonly store: Store
  /** Whether closing the keys closes the store too. Default false: it is the application's. */
  readonly closesStore?: boolean
}

/** Keys in a Postgres, embedded or real, whose schema `migrate` has brought up to date. */
export class PostgresIdempotencyStore implements IdempotencyStore {
  private readonly store: Store
  private readonly closesStore: boolean

  constructor({ store, closesStore = false }: PostgresIdempotencyStoreOptions) {
    this.store = store
    this.closesStore = closesStore
  }

  async claim(request: ClaimRequest): Promise<ClaimResult> {
    const { id, fingerprint, claimant, leaseMs, expiryMs, onTakeover, deadlineMs } = request
    const startedAt = performance.now()
    const left = (): QueryOptions =>
      deadlineMs === undefined
        ? {}
        : { deadlineMs: Math.max(1, deadlineMs - (performance.now() - startedAt)) }
    const values = [id, fingerprint, leaseMs, expiryMs, onTakeover === 'rerun', claimant]
    for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
      const { rows } = await this.store.query<ClaimedRow>(claimKey, values, left())
      const result = resultOf(rows[0]!, request)
      if (result !== undefined) return result
    }
    throw new StoreError('WT_STORE_ABORTED', 'cannot claim the key: others claim and release it all the time')
  }

  async finish(claim: Claim, answer: KeptAnswer): Promise<boolean> {
    return (await this.store.query(finishClaim, finishing(claim, answer))).rows.length > 0
  }

  async finishWithin(transaction: Transaction, claim: Claim, answer: KeptAnswer): Promise<boolean> {
    try {
      await transaction.query(finishClaimOnce, finishing(claim, answer))
      return true
    } catch (error) {
      if (isClaimLost(error)) return false
      throw error
    }
  }

  async renew({ id, epoch }: Claim, leaseMs: number): Promise<boolean> {
    return (await this.store.query(renewClaim, [id, epoch, leaseMs])).rows.length > 0
  }

  async release({ id, epoch }: Claim): Promise<boolean> {
    return (await this.store.query(releaseClaim, [id, epoch])).rows.length > 0
  }

  async clean(limit: number): Promise<number> {
    return (await this.store.query(cleanKeys, [limit])).rows.length
  }

  async close(): Promise<void> {
    if (this.closesStore) await this.store.close()
  }
}

const finishing = ({ id, epoch }: Claim, answer: KeptAnswer): unknown[] => [id, epoch, encodeAnswer(answer)]

/** Undefined: another process was faster between the look and the write. */
function resultOf({ found, answer }: ClaimedRow, request: ClaimRequest): ClaimResult | undefined {
  const row = JSON.parse(found) as ClaimedKey
  const record: ClaimRecord | undefined = row.isKnown
    ? { ...row, leaseUntil: row.leaseUntil ?? undefined }
    : undefined
  // All of its times are in microseconds here, of which only the order counts.
  const kind = decideClaim(record, request, row.now)
  if (kind === 'new' || kind === 'takeover') {
    const { claimedEpoch: epoch, claimedExpiresAt: expiresAt } = row
    if (epoch === null || expiresAt === null) return undefined
    return { kind, claim: { id: request.id, epoch, expiresAt: expiresAt / 1_000 } }
  }
  if (kind === 'replay') return { kind, answer: decodeAnswer(answer!), expiresAt: row.expiresAt / 1_000 }
  return { kind }
}
