/** Removes keys that have expired, the oldest first, without waiting for anybody. Value: how many at most. */
export const cleanKeys: string = `
  delete from watertight.idempotency where ctid = any(array(
    select ctid from watertight.idempotency
    where expires_at <= now() and (lease_until is null or lease_until <= now())
    order by expires_at limit $1::integer
    for update skip locked
  ))
  returning true as done`
