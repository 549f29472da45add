import type { Store } from '../../store/store.js'

/** The sagas that a worker has, each with its epoch. */
export async function ownedSagas(store: Store, worker: string): Promise<Map<string, number>> {
  const { rows } = await store.query<{ id: string; epoch: number }>(
    'select id, epoch from watertight.saga where owner = $1',
    [worker],
  )
  return new Map(rows.map(({ id, epoch }) => [id, epoch]))
}

const release = `
  update watertight.saga set owner = null, epoch = epoch + 1, due_at = now(), waits_for = $3
  where owner = $1 and id = any($2::text[])`

/** Gives back sagas of a worker, for whoever claims them. */
export async function releaseSagas(
  store: Store,
  { worker, ids, waitsFor }: { worker: string; ids: readonly string[]; waitsFor: string },
): Promise<void> {
  await store.query(release, [worker, ids, waitsFor])
}
