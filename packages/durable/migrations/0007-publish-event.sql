-- Writes one event, which is what most transactions publish. As a function, since a statement is planned each time that it
-- is sent (one with a name would not get through a pooler in transaction mode), while the plans within a function stay with
-- the connection of the database: it takes half the time.
create function watertight.publish_event(
  topic text, partition smallint, event_id text, key text, type text, version integer, source text, subject text,
  occurred_at timestamptz, trace_parent text, trace_state text, data json, hint boolean,
  out "transaction" text, out id text
) language plpgsql as $$
#variable_conflict use_column
declare
  number bigint := pg_current_xact_id()::text::bigint + (
    select case when max(origin.xmin::text::bigint) = max(origin.written_by) & 4294967295 then max(origin.shift)
      else ('restored after ' || coalesce(max(origin.written_by)::text, 'nothing'))::bigint end
    from watertight.outbox_origin as origin);
begin
  -- The id is drawn after the lock on the key is held.
  if $4 is not null then
    insert into watertight.outbox_key as known (topic, key, transaction) values ($1, $4, number)
    on conflict (topic, key) do update set transaction = greatest(known.transaction, excluded.transaction)
    returning known.transaction into number;
  end if;
  insert into watertight.outbox as event (topic, partition, transaction, event_id, key, type, version, source, subject,
    occurred_at, trace_parent, trace_state, data)
  values ($1, $2, number, $3, $4, $5, $6, $7, $8, coalesce($9, clock_timestamp()), $10, $11, $12)
  returning event.transaction::text, event.id::text into "transaction", id;
  if $13 then
    perform pg_notify('watertight', $1);
  end if;
end $$;
