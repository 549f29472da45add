-- One row a saga. While a worker has it, only revision, state and updated_at change, which no index holds: such an update
-- stays on its page and adds nothing to any index.
create table watertight.saga (
  id text primary key,
  name text not null,
  version integer not null,
  key text,
  parent text,
  status text not null,
  -- The worker that has it, and how often it has changed hands: a write under an older epoch is refused.
  owner uuid,
  epoch integer not null default 1,
  revision integer not null default 0,
  -- When somebody has to look at it, and what it waits for until then.
  due_at timestamptz,
  waits_for text not null,
  -- What its worker has been told and has not yet taken into the state.
  requests json[] not null default '{}',
  -- Not jsonb: that refuses some texts that JSON can hold, and orders keys anew.
  state json not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  ended_at timestamptz
) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);

create index saga_due on watertight.saga (waits_for, due_at) where owner is null and due_at is not null;

create index saga_owner on watertight.saga (owner, due_at) where owner is not null;

create index saga_key on watertight.saga (key) where key is not null;

create index saga_open on watertight.saga (status, created_at, id) where ended_at is null;

create index saga_ended on watertight.saga (ended_at, id) where ended_at is not null;

-- A worker has its sagas for as long as its lease lasts, by the clock of the database.
create table watertight.saga_worker (
  id uuid primary key,
  lease_until timestamptz not null
);
