import type { Store } from '../../store/store.js'

const text = `
  update watertight.consumer_lease set owner = null, expires_at = '-infinity', attempts = 0
  where group_name = $1 and topic = $2 and owner = $3 and partition = any($4::smallint[])`

const leave = `delete from watertight.consumer_member where group_name = $1 and topic = $2 and member = $3`

/** Lets go of partitions, in order: whoever takes them next need not be careful. */
export async function releasePartitions(
  store: Store,
  group: string,
  topic: string,
  { member, partitions }: { readonly member: string; readonly partitions: readonly number[] },
): Promise<void> {
  await store.query(text, [group, topic, member, partitions])
}

export async function leaveGroup(store: Store, group: string, topic: string, member: string): Promise<void> {
  await store.query(leave, [group, topic, member])
}
