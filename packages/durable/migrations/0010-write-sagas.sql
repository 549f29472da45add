-- Writes what sagas have come to, and new ones, for a worker that has them: one statement, and one flush of the disk, for
-- all. Null when as many as `expected` were taken, else JSON of those that were. As a function, as `publish_event` is one:
-- its plan stays with the connection of the database, and planning was a third of the time that the statement took.
--
-- Which plan that is must not depend on how full the table was when it was made, or one that was made at first would read it
-- from end to end ever after: each saga is found by its key.
--
-- States come apart from the rest, a line each: Postgres reads JSON within JSON four times as slowly, and turns every text
-- that it takes out of it into one of the database, which cannot hold all that JSON can.
create function watertight.write_sagas(
  records json, record_states text, starts json, start_states text, expected integer
) returns text language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
#variable_conflict use_column
declare
  answer text;
begin
  with written as (
    -- A request that came meanwhile makes the saga due at once, whoever has it, and whatever its state says.
    update watertight.saga as saga set
      version = new.version,
      status = new.status,
      state = new.state::json,
      revision = saga.revision + 1,
      owner = case when new.kept then saga.owner end,
      waits_for = coalesce(new."waitsFor", saga.waits_for),
      due_at = case
        when cardinality(saga.requests) > new.consumed then least(now(), to_timestamp(new."dueAt" / 1000.0))
        else to_timestamp(new."dueAt" / 1000.0) end,
      requests = saga.requests[new.consumed + 1 :],
      updated_at = now(),
      ended_at = case when new.ended then coalesce(saga.ended_at, now()) end
    from rows from (
      json_to_recordset(records) as (
        id text, version integer, epoch integer, revision integer, status text, kept boolean, ended boolean,
        "dueAt" double precision, "waitsFor" text, consumed integer),
      unnest(string_to_array(record_states, E'\n'))
    ) as new (id, version, epoch, revision, status, kept, ended, "dueAt", "waitsFor", consumed, state)
    where saga.id = new.id and saga.epoch = new.epoch and saga.revision = new.revision
    returning saga.id, saga.epoch
  ), started as (
    insert into watertight.saga as saga (id, name, version, key, parent, status, state, owner, waits_for, due_at, ended_at)
    select id, name, version, key, parent, status, state::json, owner, "waitsFor",
      now() + make_interval(secs => "dueInMs" / 1000.0), case when ended then now() end
    from rows from (
      json_to_recordset(starts) as (
        id text, name text, version integer, key text, parent text, status text, owner uuid, "waitsFor" text,
        "dueInMs" double precision, ended boolean),
      unnest(string_to_array(start_states, E'\n'))
    ) as new (id, name, version, key, parent, status, owner, "waitsFor", "dueInMs", ended, state)
    on conflict (id) do nothing
    returning saga.id
  ), taken as materialized (
    select id, epoch from written union all select id, null from started
  )
  select case when (select count(*) from taken) <> expected then (select coalesce(json_agg(taken), '[]') from taken) end
  into answer;
  return answer;
end $$;
