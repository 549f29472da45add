-- Which generation of a read model is served. Each has a table and a group of consumers of its own; a view of the model's
-- name leads to the table of the one that is served.
create table watertight.read_model (
  name text primary key,
  generation integer not null,
  definition text not null,
  built_at timestamptz not null default now()
);
