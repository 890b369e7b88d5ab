-- Reason: conversations.last_seq of 20990101000003 for conversations that are there; the release that adds it writes new ones.
-- Locking cost: the rows of 500 conversations at a time, each batch in a transaction of its own, for some milliseconds. Begins
-- anew, and ends early, when it is cut off.

do $$
declare
    filled integer;
begin
    loop
        with batch as (
            select id from conversations where last_seq is null order by id limit 500 for no key update
        )
        update conversations c
        set last_seq = (select coalesce(max(m.seq), 0) from chat_messages m where m.conversation_id = c.id)
        from batch where c.id = batch.id;
        get diagnostics filled = row_count;
        commit;
        exit when filled = 0;
    end loop;
end
$$;

insert into schema_compatibility (schema_version, oldest_binary) values ('20990104000000', '20240105000000')
    on conflict (schema_version) do nothing;
