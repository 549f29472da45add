import { checkOptions, required, text } from '@watertight/policy/options'
import type { Broker } from '../brokers/broker.js'
import type { Store } from '../store/store.js'
import { groupPositions } from './queries/group-positions.js'
import { isBefore } from '../outbox/position.js'

export interface SkipOptions {
  readonly group: string
  readonly topic: string
}

const statement = `
  update watertight.consumer_position set transaction = $4, id = $5
  where group_name = $1 and topic = $2 and partition = $3`

/**
 * Has a group go on with the first event that is kept, in the partitions whose next events are lost: what
 * `WT_BROKER_EVENTS_LOST` tells of. For people, once they know what was lost. Resolves to how many partitions were moved;
 * events that were handled before are known by the inbox.
 *
 * @throws {OptionError} when an option is unknown or missing
 */
export async function skipLostEvents(store: Store, broker: Broker, options: SkipOptions): Promise<number> {
  checkOptions('skip of lost events', options, { group: required(text), topic: required(text) })
  const { group, topic } = options
  const log = broker.log(topic)
  try {
    const [first, end] = [await log.start('first'), await log.start('next')]
    let moved = 0
    for (const position of await groupPositions(store, group, topic)) {
      const { partition } = position
      const [start, last] = [first[partition], end[partition]]
      if (start === undefined || last === undefined) continue
      if (!isBefore(position, start) && !isBefore(last, position)) continue
      await store.query(statement, [group, topic, partition, start.transaction, start.id])
      moved += 1
    }
    return moved
  } finally {
    await log.close()
  }
}
