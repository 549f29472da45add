-- The log of everything published. A consumer reads a partition of a topic by (transaction, id), and only rows of
-- transactions below every one that still runs: ids alone are drawn before a commit and become visible in any order.
-- Nothing is updated and nothing is deleted at the end that is read, so that a consumer never wades through dead rows.
create table watertight.outbox (
  topic text not null,
  partition smallint not null,
  transaction bigint not null,
  id bigint generated always as identity,
  event_id text not null,
  key text,
  type text not null,
  version integer not null,
  source text not null,
  subject text,
  occurred_at timestamptz not null,
  trace_parent text,
  trace_state text,
  data json not null,
  primary key (topic, partition, transaction, id)
);

-- The highest transaction that a key has been published under. Its row is locked from publishing to the commit: whoever
-- publishes under the same key next waits, and takes at least the same transaction and a later id. So (transaction, id)
-- is the order of a key's commits, although a transaction may be older than the one whose event it comes after.
create table watertight.outbox_key (
  topic text not null,
  key text not null,
  transaction bigint not null,
  primary key (topic, key)
) with (fillfactor = 70);
