import { checkOptions, milliseconds, nearestSpelling, required, text } from '@watertight/policy/options'
import { isKafkaPosition } from '../brokers/kafka/kafka-position.js'
import { isBefore, type PartitionPosition } from '../outbox/position.js'
import type { PublishedPosition } from '../outbox/published-position.js'
import { StoreError } from '../store/errors.js'
import type { Store } from '../store/store.js'
import { groupNames } from './queries/group-names.js'
import { groupStanding } from './queries/group-standing.js'
import { groupPositions } from './queries/group-positions.js'

export interface WaitOptions {
  readonly group: string
  /** Default 5 s. */
  readonly deadlineMs?: number
}

const LOOK_MS = 10
/** Whoever waits is not to be what the database is busy with. */
const LOOK_MS_MAX = 100

/**
 * Resolves once a group has come past what was published, so that what you read next holds what you wrote. An event that
 * was set aside after a failure counts as passed.
 *
 * @throws {OptionError} when an option is unknown, missing or out of its range
 * @throws {StoreError} with code `WT_STORE_DEADLINE` when the deadline passes first
 * @throws {Error} when the group reads from Kafka, where an event has another position
 */
export async function waitUntilHandled(
  store: Store,
  published: readonly PublishedPosition[],
  options: WaitOptions,
): Promise<void> {
  checkOptions('wait', options, { group: required(text), deadlineMs: milliseconds() })
  await waitForGroup(store, published, options)
}

/** The same; `hurry` is told that somebody waits, when somebody does. */
export async function waitForGroup(
  store: Store,
  published: readonly PublishedPosition[],
  { group, deadlineMs = 5_000, hurry = () => {} }: WaitOptions & { readonly hurry?: () => void },
): Promise<void> {
  const until = performance.now() + deadlineMs
  for (const topic of new Set(published.map((position) => position.topic))) {
    const wanted = published.filter((position) => position.topic === topic)
    for (let lookMs = LOOK_MS; ;) {
      const positions = await groupPositions(store, group, topic)
      if (positions.some(isKafkaPosition)) {
        throw new Error(
          `cannot wait for ${group}: it must read ${topic} from the outbox, got Kafka, where an event has another position`,
        )
      }
      if (hasPassed(positions, wanted)) break
      if (performance.now() > until) {
        const reason = await reasonOf(store, group, { topic, positions, wanted })
        throw new StoreError(
          'WT_STORE_DEADLINE',
          `cannot wait for ${group} longer than ${deadlineMs} ms: ${reason}`,
        )
      }
      hurry()
      await new Promise((resolve) => setTimeout(resolve, lookMs))
      lookMs = Math.min(LOOK_MS_MAX, lookMs * 1.5)
    }
  }
}

interface Wanted {
  readonly topic: string
  readonly positions: readonly PartitionPosition[]
  readonly wanted: readonly PartitionPosition[]
}

/** Why what was published is not handled yet, for whoever has to do something about it. */
async function reasonOf(store: Store, group: string, { topic, positions, wanted }: Wanted): Promise<string> {
  const first = wanted.find((one) => !hasPassed(positions, [one]))
  const standing = first && (await groupStanding(store, group, topic, first))
  if (standing === undefined) {
    const known = await groupNames(store, topic)
    const near = nearestSpelling(group, known)
    const hint = near === undefined ? '' : `; did you mean ${near}?`
    return `no group of that name has read ${topic}, which is read by ${known.join(', ') || 'nobody'}${hint}`
  }
  const { isHeld, until, behind } = standing
  const holder = isHeld
    ? `a member has it until ${until}, at work or gone without a word`
    : 'no member is at work on it'
  return `it is ${behind} ${behind === 1 ? 'event' : 'events'} behind in partition ${first!.partition} of ${topic}; ${holder}`
}

function hasPassed(positions: readonly PartitionPosition[], wanted: readonly PartitionPosition[]): boolean {
  return wanted.every((one) => {
    const position = positions.find(({ partition }) => partition === one.partition)
    return position !== undefined && !isBefore(position, one)
  })
}
