-- What a service has done of a choreography, or must never do any more: written in the transaction of the step, so that its
-- start and its undoing, which come by two topics, take effect in whatever order they arrive.
create table watertight.choreography_step (
  choreography text not null,
  id text not null,
  step text not null,
  state text not null check (state in ('begun', 'done', 'refused', 'undone')),
  result json,
  updated_at timestamptz not null default now(),
  primary key (choreography, id, step)
);

create index choreography_step_updated on watertight.choreography_step (updated_at);

-- What a monitor knows of each.
create table watertight.choreography (
  name text not null,
  id text not null,
  status text not null check (status in ('running', 'done', 'compensating', 'compensated')),
  waits_for text[] not null,
  timeline json not null,
  moved_at timestamptz not null,
  primary key (name, id)
);

create index choreography_open on watertight.choreography (name, moved_at) where status in ('running', 'compensating');

create index choreography_moved on watertight.choreography (name, moved_at, id);
