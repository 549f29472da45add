import { checkOptions, nearestSpelling, required, text } from '@watertight/policy/options'
import type { Store, StoreTransaction } from '../store/store.js'
import { GroupError } from './errors.js'
import { deleteGroup } from './queries/delete-group.js'
import { groupNames } from './queries/group-names.js'
import { membersAtWork } from './queries/members-at-work.js'

export interface ForgetOptions {
  readonly group: string
}

/**
 * Forgets a group that is gone for good, such as that of a service under its former name: how far it has come, what it has
 * handled, its parked events and dead letters. Until then everything that it has not handled is kept, whatever its age. A
 * group of that name that comes later is a new one. For people.
 *
 * @throws {OptionError} when an option is unknown or missing
 * @throws {GroupError} with code `WT_EVENTS_GROUP_UNKNOWN` when there is none of that name, `WT_EVENTS_GROUP_AT_WORK` while
 * members of it are at work
 */
export async function forgetGroup(store: Store, options: ForgetOptions): Promise<void> {
  checkOptions('group to forget', options, { group: required(text) })
  const { group } = options
  await store.transaction(async (transaction) => {
    const known = await groupNames(transaction)
    if (!known.includes(group)) throw unknownGroup(group, known)
    await refuseAtWork(transaction, group)
    await deleteGroup(transaction, group)
  })
}

async function refuseAtWork(transaction: StoreTransaction, group: string): Promise<void> {
  const { count, until } = await membersAtWork(transaction, group)
  if (count === 0) return
  throw new GroupError(
    'WT_EVENTS_GROUP_AT_WORK',
    `cannot forget ${group}: none of its members may be at work, got ${count}; close them first, or wait until ${until} if they are gone without a word`,
  )
}

function unknownGroup(group: string, known: readonly string[]): GroupError {
  const near = nearestSpelling(group, known)
  return new GroupError(
    'WT_EVENTS_GROUP_UNKNOWN',
    `cannot forget ${group}: it must be one of ${known.join(', ') || 'none'}, got ${group}${near === undefined ? '' : `; did you mean ${near}?`}`,
  )
}
