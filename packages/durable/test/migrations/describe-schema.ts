import type { Store } from '../../src/store/store.js'

const text = `
  select line from (
    select 1 as part, format('%s.%s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
        case when a.attnotnull then ' not null' else '' end,
        coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), case a.attidentity when '' then '' else ' identity' end)
      ) as line, c.relname as relation, a.attnum as number
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relnamespace = 'watertight'::regnamespace and c.relkind in ('r', 'p')
    union all
    select 2, replace(indexdef, 'watertight.', ''), tablename, 0 from pg_indexes where schemaname = 'watertight'
    union all
    select 3, format('%s %s', c.conrelid::regclass, pg_get_constraintdef(c.oid)), c.conrelid::regclass::text, 0
    from pg_constraint c where c.connamespace = 'watertight'::regnamespace and c.contype in ('c', 'f')
    union all
    select 4, 'function ' || pg_get_functiondef(p.oid), p.proname, 0
    from pg_proc p where p.pronamespace = 'watertight'::regnamespace
  ) as schema
  order by part, relation, number, line`

/** The schema as the database tells it, a line for each column, index, constraint and function. */
export async function describeSchema(store: Store): Promise<string> {
  const { rows } = await store.query<{ line: string }>(text)
  return rows.map(({ line }) => `${line}\n`).join('')
}
