import { type Clock, runtime } from '@watertight/policy/decisions'
import { encodeAnswer, type KeptAnswer } from '../answer/kept-answer.js'
import { type ClaimRecord, decideClaim, nextEpoch } from '../decide-claim.js'
import type { Claim, ClaimRequest, ClaimResult, IdempotencyStore } from '../idempotency-store.js'
import { IdempotencyStoreFullError } from '../errors.js'

/** A key that is remembered costs its answer and some hundred bytes. */
const KEYS_MAX = 100_000

interface KeptRecord extends ClaimRecord {
  readonly answer: KeptAnswer | undefined
}

export interface MemoryIdempotencyStoreOptions {
  /** Keys remembered at one time. Default 100,000. When they are all still needed, a new one is refused. */
  readonly keysMax?: number
  /** Default the one that policies read. */
  readonly clock?: Pick<Clock, 'wallNow'>
}

/** Keys in the memory of this process: for tests, and for a service of which there is never more than one. */
export class MemoryIdempotencyStore implements IdempotencyStore {
  private readonly records: Map<string, KeptRecord> = new Map()
  private readonly keysMax: number
  private readonly clock: Pick<Clock, 'wallNow'>

  constructor({ keysMax = KEYS_MAX, clock }: MemoryIdempotencyStoreOptions = {}) {
    this.keysMax = keysMax
    this.clock = clock ?? { wallNow: () => runtime.clock.wallNow() }
  }

  async claim({ id, leaseMs, expiryMs, ...terms }: ClaimRequest): Promise<ClaimResult> {
    const now = this.clock.wallNow()
    const record = this.records.get(id)
    const kind = decideClaim(record, terms, now)
    if (kind === 'replay') return { kind, answer: record!.answer!, expiresAt: record!.expiresAt }
    if (kind !== 'new' && kind !== 'takeover') return { kind }
    if (record === undefined) this.makeRoom()
    const claim = { id, epoch: nextEpoch(record?.epoch, now), expiresAt: now + expiryMs }
    this.records.delete(id)
    const { epoch, expiresAt } = claim
    const { fingerprint, claimant } = terms
    this.records.set(id, {
      fingerprint,
      claimant,
      epoch,
      leaseUntil: now + leaseMs,
      expiresAt,
      answer: undefined,
    })
    return { kind, claim }
  }

  async finish(claim: Claim, answer: KeptAnswer): Promise<boolean> {
    const record = this.records.get(claim.id)
    if (record?.epoch === claim.epoch && record.answer !== undefined) {
      return encodeAnswer(record.answer) === encodeAnswer(answer)
    }
    return this.change(claim, (running) =>
      this.records.set(claim.id, { ...running, leaseUntil: undefined, answer }),
    )
  }

  async renew(claim: Claim, leaseMs: number): Promise<boolean> {
    const leaseUntil = this.clock.wallNow() + leaseMs
    return this.change(claim, (record) => this.records.set(claim.id, { ...record, leaseUntil }))
  }

  async release(claim: Claim): Promise<boolean> {
    return this.change(claim, () => this.records.delete(claim.id))
  }

  async clean(limit: number): Promise<number> {
    const now = this.clock.wallNow()
    let removed = 0
    for (const [id, { leaseUntil = 0, expiresAt }] of this.records) {
      if (removed === limit) break
      if (expiresAt > now || leaseUntil > now) continue
      this.records.delete(id)
      removed += 1
    }
    return removed
  }

  async close(): Promise<void> {
    this.records.clear()
  }

  private change({ id, epoch }: Claim, write: (record: KeptRecord) => unknown): boolean {
    const record = this.records.get(id)
    if (record?.epoch !== epoch || record.leaseUntil === undefined) return false
    write(record)
    return true
  }

  private makeRoom(): void {
    if (this.records.size < this.keysMax) return
    const now = this.clock.wallNow()
    for (const [id, { leaseUntil = 0, expiresAt }] of this.records) {
      if (expiresAt <= now && leaseUntil <= now) this.records.delete(id)
    }
    if (this.records.size >= this.keysMax) throw new IdempotencyStoreFullError(this.keysMax)
  }
}
