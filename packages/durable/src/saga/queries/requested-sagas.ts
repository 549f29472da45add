import type { Store } from '../../store/store.js'

const statement = `
  select id, epoch, revision, array_to_json(requests)::text as requests
  from watertight.saga
  where owner = $1 and due_at is not null`

export interface RequestedRow {
  readonly id: string
  readonly epoch: number
  readonly revision: number
  readonly requests: string
}

/** The sagas of a worker that somebody has asked something of. */
export async function requestedSagas(store: Store, worker: string): Promise<RequestedRow[]> {
  return (await store.query<RequestedRow>(statement, [worker])).rows
}
