-- Reason: unique indexes that compare letters A to Z only, whatever the locale; accounts that are the same by that are few, or none.
-- Locking cost: those few rows, 500 at a time.

do $$
declare
    marked integer;
begin
    loop
        update users u
        set username_shared = true
        from (select id from users where id in (
                  select id from (select id, count(*) over (partition by lower(username collate "C")) as holders
                                  from users where deleted_at is null and not username_shared) as names
                  where holders > 1 order by id limit 500)
              order by id for no key update) as batch
        where u.id = batch.id;
        get diagnostics marked = row_count;
        commit;
        exit when marked = 0;
    end loop;
    loop
        update users u
        set email_shared = true
        from (select id from users where id in (
                  select id from (select id, count(*) over (partition by lower(email collate "C")) as holders
                                  from users where deleted_at is null and not email_shared) as addresses
                  where holders > 1 order by id limit 500)
              order by id for no key update) as batch
        where u.id = batch.id;
        get diagnostics marked = row_count;
        commit;
        exit when marked = 0;
    end loop;
end
$$;

insert into schema_compatibility (schema_version, oldest_binary) values ('20261127193001', '20240105000000');
