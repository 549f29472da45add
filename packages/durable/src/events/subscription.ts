import type { Random } from '@watertight/policy/decisions'
import type { TopicLog } from '../brokers/broker.js'
import type { Topic } from '../outbox/topic.js'
import type { Store, StoreTransaction } from '../store/store.js'
import type { RetryRules } from './decisions/after-failure.js'
import type { EventRecord } from './received-event.js'

/** What one member of a group works with: options with their defaults, and who it is. */
export interface Subscription extends RetryRules {
  /** Where positions, leases, inbox and effects are. */
  readonly store: Store
  /** Where events come from. */
  readonly log: TopicLog
  readonly group: string
  readonly topic: Pick<Topic, 'name' | 'source'>
  readonly member: string
  readonly batchMax: number
  readonly leaseMs: number
  readonly handlerDeadlineMs: number
  readonly random: Random
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number
  /**
   * Whether the statements of handlers do not depend on one another's answers, so that those of a batch may share a round trip; they
   * are run in the order of the events all the same.
   */
  readonly areIndependent: boolean
  /**
   * Whether the group may begin, asked in the transaction that it begins in: also where its rows are gone in the midst of the
   * work, since somebody has ended it for good. Default: it may.
   */
  readonly mayBegin?: ((transaction: StoreTransaction) => Promise<boolean>) | undefined
  readonly handle: (event: EventRecord, transaction: StoreTransaction) => Promise<void>
  readonly onError: (error: unknown) => void
}
