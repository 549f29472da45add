import type { Store } from '../store/store.js'
import { groupLag, type GroupLag } from './queries/group-lag.js'

export interface LagFilter {
  readonly group?: string
  readonly topic?: string
}

/** How far each group of consumers is behind, by group and topic. */
export async function consumerLag(store: Store, { group, topic }: LagFilter = {}): Promise<GroupLag[]> {
  return await groupLag(store, group, topic)
}
