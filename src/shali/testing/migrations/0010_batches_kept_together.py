from django.db import migrations

# As in 0002, the way of nearly every batch in one statement. Two things cost more there than all the rest: a hash over
# a hundred texts in a loop, and plans made anew at each call, for the web role keeps none (also those of the foreign
# keys, which are looked at when the transaction ends). So the caller brings the hash over all events as it was before
# a batch and as it is after it; a station is changed only where the former is its own. And each statement here goes
# by a key, so that a plan once made is good for every unit. Batches that come at one moment share a commit; whoever
# calls sorts them by station, so that of two calls none waits for the other in a circle.
KEEP_BATCHES = """
drop function testing_keep_batch(
  bigint, text, bigint, text, bytea, bytea, timestamptz, timestamptz, bigint, int, int);
create function testing_keep_batches(
  scope text, who bigint[], first bigint[], many int[], before bytea[], after bytea[], digest bytea[], body bytea[],
  received timestamptz[], sent timestamptz[], clock_off bigint[], held int[], written int[]
) returns table (place int, epoch int, safe bigint) language plpgsql as $$
declare here text; kept bigint; e record;
begin
  perform set_config('shali.scope', scope, true), set_config('plan_cache_mode', 'force_generic_plan', true);
  select t.number, t.safe_before into e from testing_epoch t order by t.number desc limit 1;
  epoch := coalesce(e.number, 0);
  for i in 1 .. cardinality(who) loop
    update testing_station t set last_seq = first[i] + many[i] - 1, chain = after[i], last_seen_at = received[i],
        clock_off_ms = clock_off[i], captured = held[i], on_paper = written[i]
      where t.id = who[i] and t.last_seq = first[i] - 1 and t.chain = before[i]
        and t.revoked_at is null and t.forked_at is null
      returning t.path into here;
    continue when not found;
    insert into testing_sealedbatch (station_id, path, first_seq, n, digest, body, received_at, sent_at, quarantine)
      values (who[i], here, first[i], many[i], digest[i], body[i], received[i], sent[i], '') returning id into kept;
    insert into testing_waiting (batch_id, station_id) values (kept, who[i]);
    safe := 0;
    if e.safe_before is not null then
      select b.first_seq + b.n - 1 into safe from testing_sealedbatch b
        where b.station_id = who[i] and b.quarantine = '' and b.received_at < e.safe_before
        order by b.first_seq desc limit 1;
      safe := coalesce(safe, 0);
    end if;
    place := i - 1;
    return next;
  end loop;
end $$;
-- The hash over all events of a station before one of its events, where that is the next; else null.
create function testing_chain_before(scope text, who bigint, first bigint) returns bytea language plpgsql as $$
begin
  perform set_config('shali.scope', scope, true), set_config('plan_cache_mode', 'force_generic_plan', true);
  return (select t.chain from testing_station t where t.id = who and t.last_seq = first - 1);
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("testing", "0009_covers_of_places")]
    operations = [migrations.RunSQL(KEEP_BATCHES, migrations.RunSQL.noop)]
