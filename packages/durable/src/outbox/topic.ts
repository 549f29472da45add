import { refusedOption } from '@watertight/policy/options'
import type { DataOf, EventTypes } from './event-type.js'

export interface TopicOptions<Types extends EventTypes> {
  /** Where its events come from, a URI reference: `/orders`. The `source` of CloudEvents. */
  readonly source: string
  readonly types: Types
}

/** A named log of events, partitioned by key. */
export interface Topic<Types extends EventTypes = EventTypes> {
  readonly name: string
  readonly source: string
  readonly types: Types
}

/** An event to be published under a topic's types. */
export type NewEvent<Types extends EventTypes> = {
  readonly [Name in keyof Types & string]: {
    readonly type: Name
    readonly data: DataOf<Types[Name]>
    /** Events of one key are handled in the order of their commits. Null: in any order, beside one another. */
    readonly key: string | null
    /** Unique for its source. Default: a new UUID, ordered by time. */
    readonly id?: string
    /** Default: the key. */
    readonly subject?: string
    /** Default: now, by the clock of the database. */
    readonly time?: Date
    /** The trace that it belongs to, as W3C Trace Context has it. */
    readonly traceParent?: string
    readonly traceState?: string
  }
}[keyof Types & string]

/** Of topics and groups. */
export const nameAllowed: RegExp = /^[a-z0-9][a-z0-9._-]{0,99}$/

/**
 * Declares a topic and what may be published to it. Declare it once and share it between those who publish and those who
 * consume.
 *
 * @example
 *   const orders = defineTopic('orders', {
 *     source: '/orders',
 *     types: { 'order.placed': { schema: { parse: (input) => input as { total: number } } } },
 *   })
 *
 * @throws {OptionError} when the name, a type's name, or a version is out of its range, or an upcast is missing
 */
export function defineTopic<const Types extends EventTypes>(
  name: string,
  options: TopicOptions<Types>,
): Topic<Types> {
  if (!nameAllowed.test(name)) {
    throw refusedOption('topic', 'name', '1 to 100 of a-z, 0-9, dot, dash and underscore', name)
  }
  if (options.source === '') throw refusedOption('topic', 'source', 'a URI reference', options.source)
  for (const [typeName, { version = 1, upcasts = {} }] of Object.entries(options.types)) {
    if (!Number.isInteger(version) || version < 1 || version > 2_147_483_647) {
      throw refusedOption('topic', `types.${typeName}.version`, 'an integer >= 1', version)
    }
    for (const from of Object.keys(upcasts)) {
      if (Number(from) >= 1 && Number(from) < version) continue
      throw refusedOption('topic', `types.${typeName}.upcasts`, `from versions below ${version}`, from)
    }
  }
  return { name, source: options.source, types: options.types }
}
