import type { Transaction } from '../../store/store.js'
import { timersLane } from '../definition/step-plan-of.js'
import type { SagaRequest } from './saga-record.js'

/** What a saga has been told and not yet taken in; beyond this, whoever tells it more is refused. */
const requestsMax = 1_000

/** Where a hint is given that a saga has been told something. */
export const requestsChannel = 'watertight_saga'

// Only a child that is done can still be undone; whatever else has ended hears nothing. Who cancels does not wait until there is room
// for the step that is not to be taken any more.
const statement = `
  with told as (
    update watertight.saga set requests = requests || $2::text::json, due_at = least(due_at, now()),
      waits_for = case when $4 then '${timersLane}' else waits_for end
    where id = $1 and (ended_at is null or ($3 and status = 'done')) and cardinality(requests) < ${requestsMax}
    returning id
  ), hint as (
    select pg_notify('${requestsChannel}', id) from told
  )
  select status, cardinality(requests) as waiting, (select count(*)::integer from hint) = 1 as told
  from watertight.saga where id = $1`

export interface ToldSaga {
  readonly status: string
  readonly waiting: number
  readonly told: boolean
}

/**
 * Tells a saga something. It is durable when this resolves, and taken in by the worker that has the saga or claims it.
 * Undefined when there is no such saga.
 */
export async function requestSaga(
  store: Transaction,
  id: string,
  request: SagaRequest,
): Promise<ToldSaga | undefined> {
  const isCancelled = request.type === 'cancelled'
  const evenWhenDone = isCancelled && request.evenWhenDone === true
  const { rows } = await store.query(statement, [id, JSON.stringify(request), evenWhenDone, isCancelled])
  return (rows as ToldSaga[])[0]
}
