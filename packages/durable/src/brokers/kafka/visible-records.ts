/** What is none is null for version 2 of the client, and empty for version 1. */
type Bytes = Buffer | null

/** A batch of records as Kafka stores it (KIP-98). */
export interface RecordBatch {
  readonly firstOffset: bigint
  readonly lastOffsetDelta: number
  readonly attributes: number
  readonly producerId: bigint
  readonly firstTimestamp: bigint
  readonly records: readonly {
    readonly offsetDelta: number
    readonly timestampDelta: bigint
    readonly key: Bytes
    readonly value: Bytes
    readonly headers: readonly (readonly [Bytes, Bytes])[]
  }[]
}

export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: bigint
}

export interface KafkaRecord {
  readonly offset: bigint
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number
  /** Empty when there is none, as are the value and those of headers. */
  readonly key: Buffer
  readonly value: Buffer
  readonly headers: readonly (readonly [Buffer, Buffer])[]
}

export interface VisibleRecords {
  readonly records: readonly KafkaRecord[]
  /** Where to read on: behind everything that was looked at, also what is not for readers. */
  readonly next: bigint
}

const TRANSACTIONAL = 0x10
const CONTROL = 0x20
const ABORT = 0
const NONE = Buffer.alloc(0)

/**
 * What of fetched batches is for readers: records from an offset on, without markers of transactions and without what
 * belongs to transactions that were aborted. The broker says which those are and leaves the rest to whoever reads (KIP-98,
 * "aborted transactions index"). O(records).
 */
export function visibleRecords(
  from: bigint,
  batches: readonly RecordBatch[],
  abortedTransactions: readonly AbortedTransaction[],
): VisibleRecords {
  const begun = abortedTransactions.toSorted((one, other) => Number(one.firstOffset - other.firstOffset))
  const aborted = new Set<bigint>()
  const records: KafkaRecord[] = []
  let next = from
  for (const batch of batches) {
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta)
    while (begun[0] !== undefined && begun[0].firstOffset <= last)
      aborted.add(begun.shift()?.producerId ?? -1n)
    if (last >= next) next = last + 1n
    if ((batch.attributes & CONTROL) !== 0) {
      if (batch.records[0]?.key?.readInt16BE(2) === ABORT) aborted.delete(batch.producerId)
      continue
    }
    if ((batch.attributes & TRANSACTIONAL) !== 0 && aborted.has(batch.producerId)) continue
    for (const { offsetDelta, timestampDelta, key, value, headers } of batch.records) {
      const offset = batch.firstOffset + BigInt(offsetDelta)
      if (offset < from) continue
      records.push({
        offset,
        timestamp: Number(batch.firstTimestamp + timestampDelta),
        key: key ?? NONE,
        value: value ?? NONE,
        headers: headers.map(([name, text]) => [name ?? NONE, text ?? NONE]),
      })
    }
  }
  return { records, next }
}
