/** Lets the lease of a claim end later, or now, if the claim still stands. Values: id, epoch, lease in ms. */
export const renewClaim: string = `
  update watertight.idempotency
  set lease_until = clock_timestamp() + $3::double precision * interval '1 millisecond'
  where id = $1 and epoch = $2::bigint and lease_until is not null
  returning true as done`
