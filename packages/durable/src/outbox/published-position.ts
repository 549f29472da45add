import type { EventRow } from './event-row.js'
import type { PartitionPosition, Position } from './position.js'

/** Where an event that was published stands: what a read model is waited for with. */
export interface PublishedPosition extends PartitionPosition {
  readonly topic: string
}

/** Positions of events that are still to be written. */
export interface PendingPositions {
  readonly positions: PublishedPosition[]
  /** They are known now: the list holds plain data from here on. */
  fill(places: readonly Position[]): void
}

/** Where events stand that have been written. */
export const positionsOf = (
  topic: string,
  events: readonly EventRow[],
  places: readonly Position[],
): PublishedPosition[] =>
  places.map(({ transaction, id }, index) => ({
    topic,
    partition: events[index]!.partition,
    transaction,
    id,
  }))

/** Until they are filled, reading what is not known of them throws. */
export function pendingPositions(topic: string, events: readonly EventRow[]): PendingPositions {
  let known: readonly Position[] | undefined
  const placeOf = (index: number): Position => {
    const place = known?.[index]
    if (place !== undefined) return place
    throw new Error(
      `cannot read the position of an event in ${topic}: it is known when the transaction has committed`,
    )
  }
  const positions = events.map(({ partition }, index): PublishedPosition => ({
    topic,
    partition,
    get transaction() {
      return placeOf(index).transaction
    },
    get id() {
      return placeOf(index).id
    },
  }))
  return {
    positions,
    fill: (places) => {
      known = places
      for (const [index, position] of positionsOf(topic, events, places).entries())
        positions[index] = position
    },
  }
}
