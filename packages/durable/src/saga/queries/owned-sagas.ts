import type { Store } from '../../store/store.js'

/** The sagas that a worker has, each with its epoch. */
export async function ownedSagas(store: Store, worker: string): Promise<Map<string, number>> {
  const { rows } = await store.query<{ id: string; epoch: number }>(
    'select id, epoch from watertight.saga where owner = $1',
    [worker],
  )
  return new Map(rows.map(({ id, epoch }) => [id, epoch]))
}
