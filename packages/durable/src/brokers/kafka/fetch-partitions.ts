import type { Consumer } from '@platformatic/kafka'
import { type KafkaRecord, visibleRecords } from './visible-records.js'

/** A partition to be read. */
export interface Wanted {
  readonly partition: number
  /** The first offset that the reader has not had. */
  readonly from: bigint
  /** The first that has not been fetched. */
  readonly next: bigint
}

export interface FetchedPartition {
  readonly partition: number
  readonly from: bigint
  readonly next: bigint
  readonly records: readonly KafkaRecord[]
}

const PARTITION_BYTES_MAX = 1_048_576
const BYTES_MAX = 8 * PARTITION_BYTES_MAX

/** Fetches what there is of partitions, from each of the brokers that lead them, waiting a little when there is nothing. */
export async function fetchPartitions(
  client: Consumer,
  topic: string,
  wanted: readonly Wanted[],
  waitMs: number,
): Promise<FetchedPartition[]> {
  const found = (await client.metadata({ topics: [topic] })).topics.get(topic)
  const byLeader = new Map<number, Wanted[]>()
  for (const one of wanted) {
    const leader = found?.partitions[one.partition]?.leader ?? -1
    byLeader.set(leader, [...(byLeader.get(leader) ?? []), one])
  }
  const answers = [...byLeader].map(async ([node, partitions]) => {
    const request = partitions.map(({ partition, next }) => ({
      partition,
      currentLeaderEpoch: -1,
      fetchOffset: next,
      lastFetchedEpoch: -1,
      partitionMaxBytes: PARTITION_BYTES_MAX,
    }))
    const answer = await client.fetch({
      node,
      topics: [{ topicId: found?.id ?? '', partitions: request }],
      minBytes: 1,
      maxBytes: BYTES_MAX,
      maxWaitTime: waitMs,
    })
    return answer.responses.flatMap((response) => response.partitions)
  })
  const fetched: FetchedPartition[] = []
  for (const { partitionIndex, records, abortedTransactions } of (await Promise.all(answers)).flat()) {
    const one = wanted.find(({ partition }) => partition === partitionIndex)
    if (one === undefined) continue
    const visible = visibleRecords(one.next, records ?? [], abortedTransactions ?? [])
    fetched.push({ partition: partitionIndex, from: one.next, ...visible })
  }
  return fetched
}
