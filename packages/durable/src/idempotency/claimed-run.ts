import type { Timer } from '@watertight/policy/decisions'
import { PipeliningTransaction } from '../store/pipelining-transaction.js'
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

/**
 * What became of an answer: it goes out as the handler gave it; or the one does that was committed in a transaction; or none,
 * since another request has taken over.
 */
export interface Completion {
  readonly kind: 'own' | 'committed' | 'lost'
  readonly answer: KeptAnswer
}

/** An answer that is kept if that transaction is committed. */
interface FinishedWithin {
  readonly answer: KeptAnswer & { readonly body: Uint8Array }
  readonly transaction: Transaction
}

/** A request that this process runs, from its claim to its answer. */
export class ClaimedRun implements IdempotentRequest {
  readonly key: string
  readonly isTakeover: boolean
  private readonly context: IdempotencyContext
  private readonly claim: Claim
  private readonly startedAt: number
  private renewal: Timer | undefined = undefined
  private finished: FinishedWithin | undefined = undefined
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
    const answer = { status, headers: Object.entries(headers), body: bytes }
    if (!(await store.finishWithin(transaction, this.claim, answer))) throw new IdempotencyClaimLostError()
    this.finished = { answer, transaction }
  }

  /** The handler has answered: resolves to what is to be sent, which is kept by then. */
  async complete(answer: KeptAnswer): Promise<Completion> {
    this.end()
    const { finished } = this
    if (finished !== undefined && isCommitted(finished, answer)) return this.committed(finished)
    if (!this.context.keeps(answer.status)) {
      await this.context.attempt('release', () => this.context.store.release(this.claim))
      return { kind: 'own', answer }
    }
    const isKept = await this.keep(answer)
    if (isKept === true) return { kind: 'own', answer: withExpiry(answer, this.claim.expiresAt) }
    // An answer that could not be kept is still the true one: to hold it back would have the caller try again.
    if (isKept === undefined) return { kind: 'own', answer }
    // Another answer is kept: that of the transaction, unless another request has taken over since it was rolled back.
    if (finished !== undefined && (await this.keep(finished.answer)) === true) return this.committed(finished)
    return { kind: 'lost', answer: problems.claimLost() }
  }

  /** The handler is over and has not answered: what has become of the request, nobody knows. */
  async abandon(): Promise<void> {
    if (this.isOver) return
    this.end()
    // Nothing, where it was finished in a transaction that is committed.
    await this.context.attempt('release', () => this.context.store.renew(this.claim, 0))
  }

  private committed({ answer }: FinishedWithin): Completion {
    return { kind: 'committed', answer: withExpiry(answer, this.claim.expiresAt) }
  }

  private end(): void {
    this.isOver = true
    this.renewal?.cancel()
  }

  /** Undefined: the store did not say. */
  private async keep(answer: KeptAnswer): Promise<boolean | undefined> {
    for (let tries = 1; ; tries += 1) {
      const isKept = await this.context.attempt('finish', () => this.context.store.finish(this.claim, answer))
      if (isKept !== undefined || tries === FINISH_TRIES) return isKept
      await this.context.pause(FINISH_PAUSE_MS * tries)
    }
  }

  private scheduleRenewal(): void {
    const { clock, leaseMs, runMsMax } = this.context
    this.renewal = clock.setTimer(leaseMs / 3, () => {
      if (clock.now() - this.startedAt > runMsMax) return
      void this.context
        .attempt('renew', () => this.context.store.renew(this.claim, leaseMs))
        .then((stands) => {
          if (stands !== false && !this.isOver) this.scheduleRenewal()
        })
    })
  }
}

/** Where the transaction does not tell, a handler that answers with the same is believed: to ask would be one round trip more. */
function isCommitted({ answer, transaction }: FinishedWithin, given: KeptAnswer): boolean {
  if (transaction instanceof PipeliningTransaction) return transaction.isCommitted
  const { status, body } = given
  return status === answer.status && body !== undefined && Buffer.compare(body, answer.body) === 0
}
