/**
 * Keeps an answer, if the claim still stands; to say it twice, since the first reply was lost, does no harm. Values: id,
 * epoch, answer.
 */
export const finishClaim: string = `
  update watertight.idempotency set lease_until = null, answer = $3
  where id = $1 and epoch = $2::bigint and (lease_until is not null or answer = $3)
  returning true as done`
