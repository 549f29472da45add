import type { Transaction } from '../../store/store.js'
import { firstTriesUntil, headStart } from './head-start.js'

export interface FoundRow {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly key: string | null
  readonly parent: string | null
  readonly status: string
  readonly owner: string | null
  readonly state: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly dueAt: number | null
}

const epochMs = (column: string): string => `extract(epoch from ${column})::double precision * 1000`

export const foundColumns: string = `id, name, version, key, parent, status, owner, state::text as state,
  ${epochMs('created_at')} as "createdAt", ${epochMs('updated_at')} as "updatedAt", ${epochMs(`case when due_at < ${firstTriesUntil} then due_at + ${headStart} else due_at end`)} as "dueAt"`

export async function findSaga(store: Transaction, id: string): Promise<FoundRow | undefined> {
  const { rows } = await store.query(`select ${foundColumns} from watertight.saga where id = $1`, [id])
  return (rows as FoundRow[])[0]
}
