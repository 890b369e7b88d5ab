-- To be run on a database that went back in time, before the service starts on it (docs/backup.md, "After a restore").
--
-- Messages are numbered anew from where it went back to. Event ids carry the epoch, so that a client that has seen a later
-- number is told to begin anew. Who was online then, and at which replica, says nothing about now.
--
-- Answers with a line per schema; a database of the old server has no epoch, and nothing to raise.
do $$
declare
    place text;
    raised integer;
    said text := '';
begin
    for place in
        select quote_ident(n.nspname)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relname = 'log_epoch' and c.relkind = 'r'
        order by 1
    loop
        execute format('update %s.log_epoch set epoch = epoch + 1, raised_at = now() returning epoch', place) into raised;
        execute format('delete from %s.presence', place);
        execute format('delete from %s.replicas', place);
        said := said || format('log epoch raised from %s to %s (schema %s)', raised - 1, raised, place);
    end loop;
    if said = '' then
        said := 'no log epoch, nothing to raise: a database of the old server';
    end if;
    perform set_config('xfchat.epoch_raised', said, false);
end
$$;
select current_setting('xfchat.epoch_raised');
