import type { Timer } from '@watertight/policy/decisions'
import type { Transaction } from '../store/store.js'
import type { KeptAnswer } from './answer/kept-answer.js'
import { withExpiry } from './answer/replay-of.js'
import { problems } from './answer/problems.js'
import { IdempotencyClaimLostError } from './errors.js'
import type { IdempotencyContext } from './idempotency-context.js'
import type { Claim } from './idempotency-store.js'
import type { GivenAnswer, IdempotentRequest } from './idempotent-request.js'

/** How often an answer is tried to be kept before it is sent without having been kept. */
const FINISH_TRIES = 3
const FINISH_PAUSE_MS = 100

/** A request that this process runs, from its claim to its answer. */
export class ClaimedRun implements IdempotentRequest {
  readonly key: string
  readonly isTakeover: boolean
  private readonly context: IdempotencyContext
  private readonly claim: Claim
  private readonly startedAt: number
  private renewal: Timer | undefined = undefined
  private committed: KeptAnswer | undefined = undefined
  private isOver: boolean = false

  constructor(context: IdempotencyContext, key: string, claim: Claim, isTakeover: boolean) {
    this.context = context
    this.key = key
    this.claim = claim
    this.isTakeover = isTakeover
    this.startedAt = context.clock.now()
    this.scheduleRenewal()
  }

  get claimId(): string {
    return this.claim.id
  }

  get epoch(): number {
    return this.claim.epoch
  }

  async finish(transaction: Transaction, { status, headers = {}, body = '' }: GivenAnswer): Promise<void> {
    const { store } = this.context
    if (store.finishWithin === undefined) {
      throw new Error(
        'cannot finish the request within the transaction: its key must be kept in the same database, in a PostgresIdempotencyStore',
      )
    }
    const bytes = typeof body === 'string' ? Buffer.from(body) : body
    const answer: KeptAnswer = { status, headers: Object.entries(headers), body: bytes }
    if (!(await store.finishWithin(transaction, this.claim, answer))) throw new IdempotencyClaimLostError()
    this.committed = answer
  }

  /** The handler has answered: resolves to what is to be sent, which is kept by then. */
  async complete(answer: KeptAnswer): Promise<KeptAnswer> {
    this.end()
    const { committed } = this
    const { expiresAt } = this.claim
    // A handler that answers otherwise has not committed what it meant to, or does not know whether it has.
    if (committed?.status === answer.status) return withExpiry(committed, expiresAt)
    if (!this.context.keeps(answer.status)) {
      await this.attempt('release', () => this.context.store.release(this.claim))
      return answer
    }
    const isKept = await this.keep(answer)
    if (isKept === false && committed === undefined) return problems.claimLost()
    // An answer that could not be kept is still the true one: to hold it back would have the caller try again.
    return isKept === true ? withExpiry(answer, expiresAt) : answer
  }

  /** The handler is over and has not answered: what has become of the request, nobody knows. */
  async abandon(): Promise<void> {
    if (this.isOver) return
    this.end()
    if (this.committed !== undefined) return
    await this.attempt('release', () => this.context.store.renew(this.claim, 0))
  }

  private end(): void {
    this.isOver = true
    this.renewal?.cancel()
  }

  /** Undefined: the store did not say. */
  private async keep(answer: KeptAnswer): Promise<boolean | undefined> {
    for (let tries = 1; ; tries += 1) {
      const isKept = await this.attempt('finish', () => this.context.store.finish(this.claim, answer))
      if (isKept !== undefined || tries === FINISH_TRIES) return isKept
      await this.context.pause(FINISH_PAUSE_MS * tries)
    }
  }

  private scheduleRenewal(): void {
    const { clock, leaseMs, runMsMax } = this.context
    this.renewal = clock.setTimer(leaseMs / 3, () => {
      if (clock.now() - this.startedAt > runMsMax) return
      void this.attempt('renew', () => this.context.store.renew(this.claim, leaseMs)).then((stands) => {
        if (stands !== false && !this.isOver) this.scheduleRenewal()
      })
    })
  }

  private async attempt<Result>(
    step: 'finish' | 'release' | 'renew',
    work: () => Promise<Result>,
  ): Promise<Result | undefined> {
    try {
      return await work()
    } catch (error) {
      this.context.report(error, step)
      return undefined
    }
  }
}
