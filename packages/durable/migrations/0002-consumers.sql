-- How far a group of consumers has come in each partition. Moved in the transaction of the effects; whoever moves it has
-- locked it first, so that two owners of a partition, one of whom does not know that it is one no longer, take turns.
create table watertight.consumer_position (
  group_name text not null,
  topic text not null,
  partition smallint not null,
  transaction bigint not null,
  id bigint not null,
  primary key (group_name, topic, partition)
) with (fillfactor = 50);

-- Who reads a partition. Apart from the position, so that a lease is renewed while a handler holds the position. An owner
-- that is left when the lease has passed did not end in order: what it was at is then handled one event at a time, and
-- each attempt is counted here before it starts.
create table watertight.consumer_lease (
  group_name text not null,
  topic text not null,
  partition smallint not null,
  owner text,
  epoch bigint not null default 0,
  expires_at timestamptz not null default '-infinity',
  attempted_transaction bigint not null default 0,
  attempted_id bigint not null default 0,
  attempts integer not null default 0,
  primary key (group_name, topic, partition)
) with (fillfactor = 50);

create table watertight.consumer_member (
  group_name text not null,
  topic text not null,
  member text not null,
  expires_at timestamptz not null,
  primary key (group_name, topic, member)
) with (fillfactor = 50);

-- What a group has handled, written in the transaction of the effect: an event that comes twice has its effect once.
create table watertight.inbox (
  group_name text not null,
  topic text not null,
  event_id text not null,
  received_at timestamptz not null default now(),
  primary key (group_name, topic, event_id)
);
create index inbox_received_at on watertight.inbox (received_at);

-- What could not be handled yet: `retry` and `dead` are the first of their key, `waiting` the later ones, `discard` is dead
-- and told to go. Only the owner of the partition adds and removes rows; people change the state of a dead one.
create table watertight.parked_event (
  group_name text not null,
  topic text not null,
  partition smallint not null,
  transaction bigint not null,
  id bigint not null,
  event_id text not null,
  key text,
  state text not null check (state in ('retry', 'dead', 'waiting', 'discard')),
  attempts integer not null default 0,
  due_at timestamptz not null default now(),
  parked_at timestamptz not null default now(),
  error text,
  event json not null,
  primary key (group_name, topic, partition, transaction, id)
);
create index parked_event_key on watertight.parked_event (group_name, topic, partition, key, transaction, id);
create index parked_event_due on watertight.parked_event (group_name, topic, partition, due_at)
  where state in ('retry', 'discard');
