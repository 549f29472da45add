-- The keys of requests that may come twice. `id` stands for caller, method, route and key; `lease_until` is null once the
-- request is done. Nothing that an update touches is indexed, so that finishing a request costs no index anything.
create table watertight.idempotency (
  id text not null primary key,
  fingerprint text not null,
  claimant text not null,
  epoch bigint not null,
  lease_until timestamptz,
  expires_at timestamptz not null,
  answer text
) with (fillfactor = 70);

create index idempotency_expires_at on watertight.idempotency (expires_at);
