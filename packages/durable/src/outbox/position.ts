/** Where an event stands in a partition of a topic: by transaction first, then by id. */
export interface Position {
  readonly transaction: number
  readonly id: number
}

export interface PartitionPosition extends Position {
  readonly partition: number
}

export function isBefore(one: Position, other: Position): boolean {
  return one.transaction < other.transaction || (one.transaction === other.transaction && one.id < other.id)
}
