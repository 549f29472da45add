import { createHash } from 'node:crypto'
import { refusedOption } from '@watertight/policy/options'
import type { ReceivedEvent } from '../events/received-event.js'
import type { EventTypes } from '../outbox/event-type.js'
import type { Topic } from '../outbox/topic.js'

type Value = string | number | boolean | null

export interface ReadModelOptions<Types extends EventTypes> {
  readonly topic: Topic<Types>
  /** Columns with their types in SQL: `{ order_id: 'text', total: 'integer' }`. */
  readonly columns: Readonly<Record<string, string>>
  /** The column that rows are told apart by. It must follow from the key of the event, whose order alone is kept. */
  readonly key: string
  /** The row that an event makes of its entity, whole or in part; undefined when it makes nothing. */
  readonly project: (event: ReceivedEvent<Types>) => Readonly<Record<string, Value>> | undefined
  /**
   * Raise it when `project` means something else than before, to have the model built anew; one that is lower than the served one is
   * refused. Default 1.
   */
  readonly version?: number
}

/** A table that is kept up to date from events, and can be built anew from them while it is served. */
export interface ReadModel<Types extends EventTypes = EventTypes> extends ReadModelOptions<Types> {
  readonly name: string
  /** What it looks like, by a digest: another one has to be built anew. */
  readonly definition: string
}

const identifier = /^[a-z][a-z0-9_]{0,39}$/

/** The tables of the schema that the views of read models lie in, and their indexes. */
const taken: ReadonlySet<string> = new Set([
  'choreography',
  'choreography_moved',
  'choreography_open',
  'choreography_step',
  'choreography_step_updated',
  'consumer_lease',
  'consumer_member',
  'consumer_position',
  'idempotency',
  'idempotency_expires_at',
  'inbox',
  'inbox_received_at',
  'migration',
  'outbox',
  'outbox_id_seq',
  'outbox_key',
  'outbox_origin',
  'parked_event',
  'parked_event_due',
  'parked_event_key',
  'read_model',
  'saga',
  'saga_due',
  'saga_ended',
  'saga_key',
  'saga_open',
  'saga_owner',
  'saga_worker',
])

/** Keys of tables, and the tables of read models, are called so. */
const madeName = /_pkey$|^read_.*_\d+$/

/** A name of SQL's may be one of its words, such as `order`. */
export const quoted = (name: string): string => `"${name}"`

export const versionOf = <Types extends EventTypes>({ version }: ReadModelOptions<Types>): number =>
  version ?? 1

/**
 * @throws {OptionError} when a name is none of SQL's in lower case or one of Watertight's tables and indexes, or the key is no column
 */
export function defineReadModel<Types extends EventTypes>(
  name: string,
  options: ReadModelOptions<Types>,
): ReadModel<Types> {
  const names = Object.keys(options.columns)
  for (const given of [name, ...names]) {
    if (!identifier.test(given))
      throw refusedOption('read model', 'name', 'a letter, then a-z, 0-9 and _', given)
  }
  if (taken.has(name) || madeName.test(name))
    throw refusedOption('read model', 'name', 'none of a table or index of Watertight', name)
  if (!names.includes(options.key))
    throw refusedOption('read model', 'key', `one of ${names.join(', ')}`, options.key)
  if (names.includes('version'))
    throw refusedOption('read model', 'columns', 'others than version', 'version')
  const shape = JSON.stringify([options.topic.name, options.columns, options.key, versionOf(options)])
  return { ...options, name, definition: createHash('sha256').update(shape).digest('hex') }
}
