-- Everything that makes up the tables of one schema (first parameter), as far as a schema just built (second) has a table of
-- that name. The search path must be the first one.
with tables as (
    select c.oid, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ? and c.relkind in ('r', 'p')
      and exists (select from pg_class b join pg_namespace s on s.oid = b.relnamespace
                  where s.nspname = ? and b.relname = c.relname and b.relkind in ('r', 'p'))
)
select 'table ' || relname from tables
union all
select format('column %s.%s %s%s%s', relname, attname, format_type(atttypid, atttypmod),
              case when attnotnull then ' not null' else '' end, ' default ' || pg_get_expr(adbin, adrelid))
from tables join pg_attribute on attrelid = tables.oid and attnum > 0 and not attisdropped
left join pg_attrdef on adrelid = attrelid and adnum = attnum
union all
select format('constraint %s.%s %s', relname, conname, pg_get_constraintdef(c.oid))
from tables join pg_constraint c on conrelid = tables.oid
union all
select format('index %s %s', tables.relname, replace(pg_get_indexdef(indexrelid), quote_ident(nspname) || '.', ''))
from tables join pg_index on indrelid = tables.oid join pg_class i on i.oid = indexrelid join pg_namespace n on n.oid = i.relnamespace
union all
select format('trigger %s.%s', relname, tgname) from tables join pg_trigger on tgrelid = tables.oid where not tgisinternal
order by 1
