/**
 * Claims a key and tells what stood there, in one round trip. Values: id, fingerprint, lease in ms, expiry in ms, whether
 * to take over, claimant.
 *
 * It looks before it writes, so that a replay and a duplicate in flight write nothing and wait for no lock, not even for
 * that of a business transaction that is about to finish the request. Between the look and the write another process may
 * have been faster: the write repeats the condition, and whoever was slower finds a row that it was not told to run, or
 * none at all, and asks again.
 */
export const claimKey: string = `
  with clock as materialized (select clock_timestamp() as now),
  seen as materialized (
    select * from watertight.idempotency where id = $1
  ),
  claimed as (
    insert into watertight.idempotency as kept (id, fingerprint, claimant, epoch, lease_until, expires_at)
    select $1, $2, $6, floor(extract(epoch from now) * 1000000)::bigint,
      now + $3::double precision * interval '1 millisecond', now + $4::double precision * interval '1 millisecond'
    from clock
    where not exists (
      select from seen, clock
      where not (lease_until is not null and claimant = $6)
        and (coalesce(lease_until > now, false)
          or (expires_at > now and (fingerprint <> $2 or lease_until is null or not $5::boolean)))
    )
    on conflict (id) do update set
      fingerprint = excluded.fingerprint,
      claimant = excluded.claimant,
      epoch = greatest(kept.epoch + 1, excluded.epoch),
      lease_until = excluded.lease_until,
      expires_at = excluded.expires_at,
      answer = null
    where (kept.lease_until is not null and kept.claimant = $6)
      or ((kept.lease_until is null or kept.lease_until <= (select now from clock))
        and (kept.expires_at <= (select now from clock)
          or (kept.fingerprint = $2 and kept.lease_until is not null and $5::boolean)))
    returning epoch, expires_at
  )
  select
    case when seen.lease_until is null then seen.answer end as answer,
    json_build_object(
      'isKnown', seen.id is not null,
      'fingerprint', seen.fingerprint,
      'claimant', seen.claimant,
      'epoch', seen.epoch,
      'leaseUntil', floor(extract(epoch from seen.lease_until) * 1000000)::bigint,
      'expiresAt', floor(extract(epoch from seen.expires_at) * 1000000)::bigint,
      'now', floor(extract(epoch from clock.now) * 1000000)::bigint,
      'claimedEpoch', claimed.epoch,
      'claimedExpiresAt', floor(extract(epoch from claimed.expires_at) * 1000000)::bigint
    )::text as found
  from clock left join seen on true left join claimed on true`

/** The row that `claimKey` gives. Whole numbers in JSON, since a database may round what it tells of other ones. */
export interface ClaimedRow {
  /** JSON of {@link ClaimedKey}. */
  readonly found: string
  readonly answer: string | null
}

/** What `claimKey` tells. Times are whole microseconds since the Unix epoch, by the database's clock. */
export interface ClaimedKey {
  readonly isKnown: boolean
  readonly fingerprint: string
  readonly claimant: string
  readonly epoch: number
  readonly leaseUntil: number | null
  readonly expiresAt: number
  readonly now: number
  readonly claimedEpoch: number | null
  readonly claimedExpiresAt: number | null
}
