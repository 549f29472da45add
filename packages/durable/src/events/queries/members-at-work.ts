import type { StoreTransaction } from '../../store/store.js'

const text = `
  select count(*)::integer as count, to_char(max(expires_at) at time zone 'UTC', 'HH24:MI:SS"Z"') as until
  from watertight.consumer_member where group_name = $1 and expires_at >= now()`

export interface MembersAtWork {
  readonly count: number
  /** Until when those that are gone without a word are taken for members; null when there are none. */
  readonly until: string | null
}

/** The members of a group that have given a sign of life of late. */
export async function membersAtWork(transaction: StoreTransaction, group: string): Promise<MembersAtWork> {
  return (await transaction.query<MembersAtWork>(text, [group])).rows[0]!
}
