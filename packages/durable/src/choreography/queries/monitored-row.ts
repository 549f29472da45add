import type { Rows, StoreTransaction } from '../../store/store.js'
import type { ChoreographyStatus, Occurrence } from '../standing.js'

export interface MonitoredRow {
  readonly id: string
  readonly status: ChoreographyStatus
  readonly waitsFor: readonly string[]
  readonly timeline: readonly Occurrence[]
  readonly movedAt: string
}

const columns = `id, status, array_to_json(waits_for) as "waitsFor", timeline,
  to_char(moved_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "movedAt"`

const lock = `
  insert into watertight.choreography as known (name, id, status, waits_for, timeline, moved_at)
  values ($1, $2, 'running', '{}', '[]', now())
  on conflict (name, id) do update set name = known.name
  returning ${columns}`

const write = `
  update watertight.choreography set status = $3, waits_for = $4, timeline = $5, moved_at = now()
  where name = $1 and id = $2`

const find = `select ${columns} from watertight.choreography where name = $1 and id = $2`

const list = `
  select ${columns} from watertight.choreography
  where name = $1 and ($2::text is null or status = $2) order by moved_at desc, id desc limit $3`

const stuck = `
  select ${columns} from watertight.choreography
  where name = $1 and status in ('running', 'compensating') and moved_at < now() - $2::float8 * interval '1 millisecond'
  order by moved_at, id limit $3`

/** What a query can be sent by: a store, or a transaction of one. */
interface Sender {
  query<Row extends object>(text: string, values?: unknown[]): Promise<Rows<Row>>
}

/** What is known of one, locked until the transaction ends; a new one when nothing is. */
export async function lockMonitored(
  transaction: StoreTransaction,
  name: string,
  id: string,
): Promise<MonitoredRow> {
  return (await transaction.query<MonitoredRow>(lock, [name, id])).rows[0] as MonitoredRow
}

export async function writeMonitored(
  transaction: StoreTransaction,
  name: string,
  { id, status, waitsFor, timeline }: Omit<MonitoredRow, 'movedAt'>,
): Promise<void> {
  await transaction.query(write, [name, id, status, waitsFor, JSON.stringify(timeline)])
}

export async function findMonitored(
  sender: Sender,
  name: string,
  id: string,
): Promise<MonitoredRow | undefined> {
  return (await sender.query<MonitoredRow>(find, [name, id])).rows[0]
}

export async function listMonitored(
  sender: Sender,
  name: string,
  { status, limit }: { readonly status: ChoreographyStatus | null; readonly limit: number },
): Promise<MonitoredRow[]> {
  return (await sender.query<MonitoredRow>(list, [name, status, limit])).rows
}

/** Those that have not ended and in which nothing has happened for so long, the oldest first. */
export async function stuckMonitored(
  sender: Sender,
  name: string,
  { afterMs, limit }: { readonly afterMs: number; readonly limit: number },
): Promise<MonitoredRow[]> {
  return (await sender.query<MonitoredRow>(stuck, [name, afterMs, limit])).rows
}
