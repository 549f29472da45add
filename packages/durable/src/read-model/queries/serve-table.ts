import type { StoreTransaction } from '../../store/store.js'
import type { EventTypes } from '../../outbox/event-type.js'
import { quoted, versionOf, type ReadModel } from '../read-model.js'
import { tableOf } from './create-table.js'

/**
 * Has the view of the model lead to a generation. Whoever reads meanwhile waits for the commit, and for nothing else: behind
 * one who has read and goes on with his transaction, this waits for so long at the most and is refused. Who may read it may
 * go on reading it; so may views that others have made of it, unless it loses a column.
 *
 * @throws {Error} when a view of somebody else's needs what the model has no more
 */
export async function serveTable<Types extends EventTypes>(
  transaction: StoreTransaction,
  model: ReadModel<Types>,
  generation: number,
): Promise<void> {
  const view = viewOf(model.name)
  await transaction.query(`set local lock_timeout = '500ms'`)
  const before = await columnsOf(transaction, view)
  const now = await columnsOf(transaction, tableOf(model.name, generation))
  const areKept = before.every(({ name, type }) =>
    now.some((column) => column.name === name && column.type === type),
  )
  const grants = areKept ? [] : await grantsOf(transaction, model, view)
  if (!areKept) await dropView(transaction, model.name)
  // A view may be replaced by one whose first columns are the same, in the same order.
  const first = areKept ? before : []
  const added = now.filter(({ name }) => !first.some((column) => column.name === name))
  const names = [...first, ...added].map(({ name }) => quoted(name)).join(', ')
  await transaction.query(
    `create or replace view ${view} as select ${names} from ${tableOf(model.name, generation)}`,
  )
  await transaction.query(`comment on view ${view} is 'version ${versionOf(model)}'`)
  for (const grant of grants) await transaction.query(grant)
}

/** The version that is served; none where there is no view, or one that was made before it was written down. */
export async function servedVersion(
  transaction: StoreTransaction,
  name: string,
): Promise<number | undefined> {
  const text = `select obj_description(to_regclass($1), 'pg_class') as comment`
  const { rows } = await transaction.query<{ comment: string | null }>(text, [viewOf(name)])
  const version = /^version (\d+)$/.exec(rows[0]?.comment ?? '')?.[1]
  return version === undefined ? undefined : Number(version)
}

const viewOf = (name: string): string => `watertight.${quoted(name)}`

interface Column {
  readonly name: string
  readonly type: string
}

const columns = `
  select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
  where attrelid = to_regclass($1) and attnum > 0 and not attisdropped order by attnum`

async function columnsOf(transaction: StoreTransaction, relation: string): Promise<readonly Column[]> {
  return (await transaction.query<Column>(columns, [relation])).rows
}

const grants = `
  select format(
    'grant %s%s on %s to %s%s', privilege_type, coalesce(' (' || quote_ident(of_column) || ')', ''), $1,
    case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end,
    case when is_grantable then ' with grant option' else '' end
  ) as text
  from (
    select null::text as of_column, given.*, relowner from pg_class, aclexplode(relacl) as given
    where pg_class.oid = to_regclass($1)
    union all
    select attname, given.*, relowner
    from pg_attribute join pg_class on pg_class.oid = attrelid, aclexplode(attacl) as given
    where attrelid = to_regclass($1) and attname = any($2)
  ) as rights
  where grantee <> relowner`

/** What others may do with the view, of what will be there still. */
async function grantsOf<Types extends EventTypes>(
  transaction: StoreTransaction,
  model: ReadModel<Types>,
  view: string,
): Promise<readonly string[]> {
  const names = [...Object.keys(model.columns), 'version']
  const { rows } = await transaction.query<{ text: string }>(grants, [view, names])
  return rows.map(({ text }) => text)
}

const DEPENDENT_OBJECTS = '2BP01'

async function dropView(transaction: StoreTransaction, name: string): Promise<void> {
  try {
    await transaction.query(`drop view ${viewOf(name)}`)
  } catch (error) {
    const { code, detail } = error as { readonly code?: unknown; readonly detail?: unknown }
    if (code !== DEPENDENT_OBJECTS) throw error
    throw new Error(
      `cannot serve read model ${name}: whatever needs its view must be dropped first, since a column goes or changes its type, got ${String(detail)}`,
      { cause: error },
    )
  }
}
