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
 * @throws {OptionError} when the name, a type's name, or a version is out of its range, or an upcast is missing: from the
 * oldest version that is still read to that of today there must be one each
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
    checkUpcasts(`types.${typeName}.upcasts`, Object.keys(upcasts), version)
  }
  return { name, source: options.source, types: options.types }
}

/** Those of the oldest versions may go once their events have; one that is forgotten would make dead letters of all that is kept. */
function checkUpcasts(option: string, from: readonly string[], version: number): void {
  const wrong = from.find(
    (one) => !Number.isInteger(Number(one)) || Number(one) < 1 || Number(one) >= version,
  )
  if (wrong !== undefined) throw refusedOption('topic', option, `from versions below ${version}`, wrong)
  const oldest = Math.min(version, ...from.map(Number))
  if (version === 1 || (from.length > 0 && from.length === version - oldest)) return
  const last = version - 1
  throw refusedOption(
    'topic',
    option,
    `from ${last}, and from each version between that and the oldest`,
    from.join(', ') || 'none',
  )
}
