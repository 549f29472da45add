/** Forgets a key, if the claim still stands. Values: id, epoch. */
export const releaseClaim: string = `
  delete from watertight.idempotency
  where id = $1 and epoch = $2::bigint and lease_until is not null
  returning true as done`
