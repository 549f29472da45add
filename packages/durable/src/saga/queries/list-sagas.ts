import type { Store } from '../../store/store.js'
import { foundColumns, type FoundRow } from './find-saga.js'

export interface SagaQuery {
  readonly status?: string
  readonly name?: string
  /** The search key that it was started with. */
  readonly key?: string
  /** The id of the last one of the page before. */
  readonly after?: string
  /** Default 100, at most 1,000. */
  readonly limit?: number
}

const byKey = `
  select ${foundColumns} from watertight.saga
  where key = $1 and ($2::text is null or status = $2) and ($3::text is null or name = $3)
    and ($4::text is null or (created_at, id) > (select created_at, id from watertight.saga where id = $4))
  order by created_at, id limit $5`

const ended = `
  select ${foundColumns} from watertight.saga
  where ended_at is not null and ($1::text is null or status = $1) and ($2::text is null or name = $2)
    and ($3::text is null or (ended_at, id) < (select ended_at, id from watertight.saga where id = $3))
  order by ended_at desc, id desc limit $4`

const open = `
  select ${foundColumns} from watertight.saga
  where ended_at is null and ($1::text is null or status = $1) and ($2::text is null or name = $2)
    and ($3::text is null or (created_at, id) > (select created_at, id from watertight.saga where id = $3))
  order by created_at, id limit $4`

/**
 * Sagas by key: the oldest first. Without one, those with a status that is an end: the last that ended first; any other, and
 * without a status: those that have not ended, the oldest first.
 */
export async function listSagas(store: Store, query: SagaQuery): Promise<FoundRow[]> {
  const { status = null, name = null, key, after = null } = query
  const limit = Math.min(1_000, query.limit ?? 100)
  if (key !== undefined) return (await store.query<FoundRow>(byKey, [key, status, name, after, limit])).rows
  const statement = status === 'done' || status === 'compensated' ? ended : open
  return (await store.query<FoundRow>(statement, [status, name, after, limit])).rows
}
