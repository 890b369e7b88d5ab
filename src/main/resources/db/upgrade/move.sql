-- How the old tables refuse to be written to until they are dropped or put back.
create table legacy.upgrade_actions (
    source text  not null,
    row_id text  not null,
    action text  not null,
    reason text  not null,
    detail jsonb not null
);
comment on table legacy.upgrade_actions is 'What did not go into the new tables row by row, and why; quarantined rows are here whole.';

create function legacy.upgrade_refuse_write() returns trigger language plpgsql as $$
begin
    raise exception 'the old table % is kept as it was before the upgrade and is read-only', tg_table_name
        using errcode = 'read_only_sql_transaction', hint = 'xfchat rollback puts it back, xfchat drop-legacy drops it';
end $$;
