-- Reason: no two live accounts have the same address, whatever the locale of the database. The older index stays for
-- the version before. Accounts that are the same already, which only some locales let be, are marked first: few, or none.
-- Locking cost: none that anybody waits for; waits itself for every open transaction, a dump's included.

do $$
declare
    marked integer;
begin
    loop
        update users u
        set email_shared = true
        from (select id from users where id in (
                  select id from (select id, count(*) over (partition by lower(email collate "C")) as holders
                                  from users where deleted_at is null and not email_shared) as live
                  where holders > 1 order by id limit 500)
              order by id for no key update) as batch
        where u.id = batch.id;
        get diagnostics marked = row_count;
        commit;
        exit when marked = 0;
    end loop;
end
$$;

drop index concurrently if exists users_email_folded_key;
create unique index concurrently users_email_folded_key on users (lower(email collate "C"))
    where deleted_at is null and not email_shared;

insert into schema_compatibility (schema_version, oldest_binary) values ('20261127193002', '20240105000000')
    on conflict (schema_version) do nothing;
