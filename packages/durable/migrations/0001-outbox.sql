-- What has been published and not yet cleaned up. A row is read by (transaction, id), and only once no transaction before
-- it can still commit: ids alone are given before a commit and become visible in any order.
create table watertight.outbox (
  transaction xid8 not null default pg_current_xact_id(),
  id bigint generated always as identity,
  event_id text not null,
  topic text not null,
  key text not null,
  sequence bigint not null,
  type text not null,
  version integer not null,
  source text not null,
  subject text,
  occurred_at timestamptz not null default clock_timestamp(),
  trace_parent text,
  trace_state text,
  data json not null,
  primary key (transaction, id)
);

-- The last sequence of each key. Its row is locked from the publishing of an event to the commit, so that the events of a
-- key commit in the order of their sequence.
create table watertight.outbox_key (
  topic text not null,
  key text not null,
  sequence bigint not null,
  primary key (topic, key)
) with (fillfactor = 70);
