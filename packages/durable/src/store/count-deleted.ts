import type { Store } from './store.js'

/** Runs a statement that deletes rows and selects how many as `count`. */
export async function countDeleted(store: Store, text: string, values: unknown[]): Promise<number> {
  const { rows } = await store.query<{ count: number }>(text, values)
  return rows[0]?.count ?? 0
}
