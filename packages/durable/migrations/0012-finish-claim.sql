-- Finishes a request in the transaction of the change that belongs to it. As a function, since the plan of a statement is
-- made each time that it is sent, while that within a function stays with the connection of the database; and since calls
-- of functions can share a statement. It fails where the claim does not stand, so that nothing of its transaction can be
-- committed, whatever is made of the failure.
create function watertight.finish_claim(id text, epoch bigint, answer text) returns boolean language plpgsql as $$
#variable_conflict use_column
begin
  update watertight.idempotency as kept set lease_until = null, answer = $3
  where kept.id = $1 and kept.epoch = $2 and kept.lease_until is not null;
  if not found then
    raise exception 'the claim of the key does not stand' using errcode = 'WT001';
  end if;
  return true;
end $$;
