import { checkOptions, flag, integer, refusedOption, text, type Rules } from '@watertight/policy/options'
import type { Store } from '../store/store.js'
import type { DeadLetter, DeadLetterChoice, DeadLetterFilter } from './dead-letter.js'
import { listDeadLetters } from './queries/list-dead-letters.js'
import { decideDeadLetters } from './queries/decide-dead-letters.js'

const FILTER: Rules = {
  group: text,
  topic: text,
  key: { allowed: 'a text', accepts: (given) => typeof given === 'string' },
  eventId: text,
}

/**
 * Events that failed as often as they may, the oldest first, up to `limit` (default 100).
 *
 * @throws {OptionError} when an option is unknown or out of its range
 */
export async function deadLetters(
  store: Store,
  filter: DeadLetterFilter & { readonly limit?: number } = {},
): Promise<DeadLetter[]> {
  checkOptions('list of dead letters', filter, { ...FILTER, limit: integer(1) })
  return await listDeadLetters(store, filter, filter.limit ?? 100)
}

/**
 * Has dead letters tried again, and after them the later events of their keys. Resolves to how many.
 *
 * @throws {OptionError} when nothing says which, a name is unknown, or one is given without a value
 */
export async function redriveDeadLetters(store: Store, choice: DeadLetterChoice): Promise<number> {
  return await decideDeadLetters(store, chosen(choice), 'retry')
}

/**
 * Gives dead letters up: they are never handled, and the later events of their keys go on. Resolves to how many.
 *
 * @throws {OptionError} when nothing says which, a name is unknown, or one is given without a value
 */
export async function discardDeadLetters(store: Store, choice: DeadLetterChoice): Promise<number> {
  return await decideDeadLetters(store, chosen(choice), 'discard')
}

/** A name without its value would choose as if it were not there: more than was meant. */
function chosen({ ...choice }: DeadLetterChoice): DeadLetterFilter {
  const subject = 'choice of dead letters'
  checkOptions(subject, choice, { ...FILTER, all: flag })
  const { all, ...filter } = choice
  for (const [name, value] of Object.entries(filter))
    if (value === undefined) throw refusedOption(subject, name, FILTER[name]!.allowed, value)
  if (all === true || Object.keys(filter).length > 0) return filter
  throw refusedOption(subject, 'all', 'true where no group, topic, key or eventId says which', all)
}
