-- When an event was published, by the database: `occurred_at` is what its publisher says, and may lie anywhere. Without a
-- default at first, so that no row is written anew; rows of before have none.
alter table watertight.outbox add column published_at timestamptz;
alter table watertight.outbox alter column published_at set default clock_timestamp();
