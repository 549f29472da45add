const finish = (condition: string): string => `
  update watertight.idempotency set lease_until = null, answer = $3
  where id = $1 and epoch = $2::bigint and (${condition})
  returning true as done`

/**
 * Keeps an answer, if the claim still stands; to say it twice, since the first reply was lost, does no harm. Values: id,
 * epoch, answer.
 */
export const finishClaim: string = finish('lease_until is not null or answer = $3')

const INVALID_TEXT = '22P02'
const LOST = 'claim lost: '

/**
 * The same with a change that belongs to it, in one transaction: where it was finished before, the change has been made, and
 * must not be made again. It fails where the claim does not stand, so that nothing of its transaction can be committed, whatever
 * is made of the failure. Values: id, epoch, answer.
 */
export const finishClaimOnce: string = `
  with done as (${finish('lease_until is not null')})
  select case when count(*) = 1 then true else ('${LOST}' || count(*)::text)::boolean end as done from done`

/** Whether `finishClaimOnce` was refused because the claim does not stand. */
export function isClaimLost(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  return code === INVALID_TEXT && typeof message === 'string' && message.includes(LOST)
}
