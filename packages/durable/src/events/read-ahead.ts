import type { TopicLog } from '../brokers/broker.js'
import type { PartitionPosition } from '../outbox/position.js'
import type { EventRecord } from './received-event.js'

/** Reads what comes after a batch while that one is handled, so that nobody waits for the database twice. */
export class ReadAhead {
  readonly #log: Pick<TopicLog, 'read'>
  #ahead: { readonly from: string; readonly events: Promise<EventRecord[] | undefined> } | undefined

  constructor(log: Pick<TopicLog, 'read'>) {
    this.#log = log
  }

  /** Events after the positions; those that were read ahead, if it was from there. */
  async read(positions: readonly PartitionPosition[], limit: number): Promise<EventRecord[]> {
    const ahead = this.#ahead
    const events = await this.settle()
    if (events !== undefined && ahead?.from === placeOf(positions)) return events
    return await this.#log.read(positions, limit)
  }

  /** Begins to read. When that fails, it is left to the next {@link read} to find out why. */
  begin(positions: readonly PartitionPosition[], limit: number): void {
    const events = this.#log.read(positions, limit).catch(() => undefined)
    this.#ahead = { from: placeOf(positions), events }
  }

  /** What was read ahead, once that has ended; it is not kept. */
  async settle(): Promise<EventRecord[] | undefined> {
    const ahead = this.#ahead
    this.#ahead = undefined
    return await ahead?.events
  }
}

const placeOf = (positions: readonly PartitionPosition[]): string =>
  positions.map(({ partition, transaction, id }) => `${partition}:${transaction}:${id}`).join()
