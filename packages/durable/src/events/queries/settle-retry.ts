import type { Store } from '../../store/store.js'
import type { EventRecord } from '../received-event.js'

const text = `
  update watertight.parked_event
  set attempts = $10, state = $7, due_at = now() + $8::float8 * interval '1 millisecond', error = coalesce($9, error)
  where group_name = $1 and topic = $2 and partition = $3 and transaction = $4 and id = $5 and attempts = $6
    and state = 'retry'`

export interface RetrySettlement {
  readonly event: EventRecord
  readonly attempts: number
  /** How many count from now on: one that failed through the database does not. */
  readonly counted: number
  readonly state: 'retry' | 'dead'
  readonly delayMs: number
  /** Null leaves the last one. */
  readonly error: string | null
}

/** Says what becomes of a parked event after an attempt that failed. */
export async function settleRetry(
  store: Store,
  group: string,
  topic: string,
  { event, attempts, counted, state, delayMs, error }: RetrySettlement,
): Promise<void> {
  const { partition, transaction, id } = event
  await store.query(text, [
    group,
    topic,
    partition,
    transaction,
    id,
    attempts,
    state,
    delayMs,
    error,
    counted,
  ])
}
