import { callOf } from '../../store/calls.js'

/**
 * Keeps an answer, if the claim still stands; to say it twice, since the first reply was lost, does no harm. Values: id,
 * epoch, answer.
 */
export const finishClaim: string = `
  update watertight.idempotency set lease_until = null, answer = $3
  where id = $1 and epoch = $2::bigint and (lease_until is not null or answer = $3)
  returning true as done`

/**
 * The same with a change that belongs to it, in one transaction: where it was finished before, the change has been made, and
 * must not be made again. It fails where the claim does not stand. Values: id, epoch, answer.
 */
export const finishClaimOnce: string = callOf('watertight.finish_claim($1, $2, $3)', 'done')

/** What that function fails with. */
const LOST = 'WT001'

/** Whether `finishClaimOnce` was refused because the claim does not stand. */
export const isClaimLost = (error: unknown): boolean =>
  (error as { code?: unknown } | undefined)?.code === LOST
