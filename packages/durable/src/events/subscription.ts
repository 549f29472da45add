import type { Random } from '@watertight/policy/decisions'
import type { EventTypes } from '../outbox/event-type.js'
import type { Topic } from '../outbox/topic.js'
import type { Store, StoreTransaction } from '../store/store.js'
import type { RetryRules } from './decisions/after-failure.js'
import type { ReceivedEvent } from './received-event.js'

/** What one member of a group works with: options with their defaults, and who it is. */
export interface Subscription<Types extends EventTypes> extends RetryRules {
  readonly store: Store
  readonly group: string
  readonly topic: Topic<Types>
  readonly member: string
  readonly batchMax: number
  readonly leaseMs: number
  readonly handlerDeadlineMs: number
  readonly random: Random
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number
  readonly handle: (event: ReceivedEvent<Types>, transaction: StoreTransaction) => Promise<void>
  readonly onError: (error: unknown) => void
}
