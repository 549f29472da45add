-- Every Postgres counts its transactions for itself, so the numbers in a log that was restored from a dump are those of
-- another one. This row tells: it holds the number of the transaction that wrote it, which is the row's own xmin in the
-- Postgres where it was written, and in no other. Until somebody has moved the numbers on by a `shift`, beyond all that the
-- log holds, nothing is published or read. No key: tools that rewrite tables with one would look like a restore.
create table watertight.outbox_origin (
  written_by bigint not null,
  shift bigint not null
);

-- A database may have been restored before it had this. No log holds a number that its Postgres has not given out yet.
insert into watertight.outbox_origin (written_by, shift)
select pg_current_xact_id()::text::bigint,
  case when top.transaction >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    then top.transaction + 1 - pg_snapshot_xmin(pg_current_snapshot())::text::bigint else 0 end
from (
  select greatest(
    (select max(transaction) from watertight.outbox),
    (select max(transaction) from watertight.outbox_key),
    (select max(transaction) from watertight.consumer_position where transaction < 4503599627370496)
  ) as transaction
) as top;
