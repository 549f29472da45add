const finish = (condition: string): string => `
  update watertight.idempotency set lease_until = null, answer = $3
  where id = $1 and epoch = $2::bigint and (${condition})
  returning true as done`

/**
 * Keeps an answer, if the claim still stands; to say it twice, since the first reply was lost, does no harm. Values: id,
 * epoch, answer.
 */
export const finishClaim: string = finish('lease_until is not null or answer = $3')

/**
 * The same with a change that belongs to it, in one transaction: where it was finished before, the change has been made, and
 * must not be made again. Values: id, epoch, answer.
 */
export const finishClaimOnce: string = finish('lease_until is not null')
