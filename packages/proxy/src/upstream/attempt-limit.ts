import { ExpiryEntry, type ExpiryQueue } from '@watertight/policy/decisions'

/** Whoever is told that its time is over. */
interface Limited {
  expired(durationMs: number): void
}

/** As many limits are kept for later use as attempts were ever under way at once, up to this. */
const KEPT_MAX = 1_024

/**
 * The time limit of one attempt: up to the head of its answer, and of each silence after it. Attempts are made anew for
 * each request and limits are used again: an entry of a queue is dear to make, and a request should not have to.
 */
export class AttemptLimit extends ExpiryEntry {
  private static readonly kept: AttemptLimit[] = []
  private limited: Limited | undefined = undefined

  /** A limit that holds from now on. */
  static begin(queue: ExpiryQueue, limited: Limited, now: number): AttemptLimit {
    const limit = AttemptLimit.kept.pop() ?? new AttemptLimit()
    limit.limited = limited
    queue.add(limit, now)
    return limit
  }

  /** The same time once more, from now on. */
  renew(queue: ExpiryQueue, now: number): void {
    this.unlink()
    queue.add(this, now)
  }

  /** It does not hold any more, and belongs to nobody. */
  release(): void {
    this.unlink()
    this.limited = undefined
    if (AttemptLimit.kept.length < KEPT_MAX) AttemptLimit.kept.push(this)
  }

  override expire(durationMs: number): void {
    this.limited?.expired(durationMs)
  }
}
