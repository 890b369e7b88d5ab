-- The two database roles of XFChat, for psql 14 or newer:
--
--   xfchat_owner  owns the database and everything in it: the commands migrate, check, rollback and drop-legacy, and backups
--   xfchat_app    reads and writes rows, and nothing else: serve, with MIGRATE_AT_START=false
--
-- Run it as a superuser, or as a role with CREATEROLE and CREATEDB that owns the database, connected to the database, which may
-- be empty, in use, or one of the old XFChat. One transaction: after an error nothing has changed. Again at any time, beside
-- a running service: what is right already stays as it is.
--
--   createdb --host db.example.com --username postgres --encoding UTF8 --template template0 xfchat
--   psql -X --host db.example.com --username postgres --dbname xfchat --file deploy/sql/roles.sql
--
-- Passwords are not in here. Either afterwards, typed, so that the server only ever sees their hash:
--
--   psql -X --host db.example.com --username postgres --command '\password xfchat_owner' --command '\password xfchat_app'
--
-- or from the environment of this script, which only changes those that are set (a server that logs statements, or a proxy that
-- does, sees them in clear text, unless a superuser runs this):
--
--   XFCHAT_OWNER_PASSWORD=... XFCHAT_APP_PASSWORD=... psql ... --file deploy/sql/roles.sql
--
-- Then, and after every upgrade of XFChat, migrate as xfchat_owner; after the first one, and after the conversion of an old
-- database, run this once more, so that xfchat_app may read, and no longer write, the history of the migrations. Tables of later
-- migrations are covered by default privileges, and need nothing.
--
--   DATABASE_URL=postgresql://xfchat_owner:...@db.example.com/xfchat ... migrate
--   DATABASE_URL=postgresql://xfchat_app:...@db.example.com/xfchat MIGRATE_AT_START=false ... serve
--
-- Variables, each as --set NAME=VALUE:
--
--   previous_owner     takes over a database that another role made: everything in this database that belongs to that role,
--                      members of extensions aside, belongs to xfchat_owner from now on. Say it once per such role; where
--                      something belongs to others at the end, the script names them. Stop whatever runs as that role before.
--                      After a rollback the old server connects as xfchat_owner
--   statement_timeout  of xfchat_app in this database; 30s where none was set. It is what counts through PgBouncer, where the
--                      service's DATABASE_STATEMENT_TIMEOUT cannot reach reads; without PgBouncer that one wins
--   app_connections    how many connections xfchat_app may have; -1, which is how it begins, for as many as the server has.
--                      Not less than replicas x DATABASE_POOL_SIZE + 2 (docs/configuration.md, "Connections"); through PgBouncer its pools,
--                      and two per replica past it
--   owner, app         other names of the roles, for a second XFChat on the same server
--
-- Nobody else may connect any more: CONNECT and TEMPORARY are taken from PUBLIC. What else has to (monitoring, PgBouncer's
-- auth_user where its auth_query runs in this database): grant connect on database xfchat to ...
--
-- With CloudNativePG, whose operator keeps the passwords (initdb.owner: xfchat_owner, and xfchat_app in managed.roles):
--
--   kubectl cnpg psql xfchat-db -- --dbname xfchat < deploy/sql/roles.sql

\set ON_ERROR_STOP on
\set QUIET on
\if :{?owner}
\else
    \set owner xfchat_owner
\endif
\if :{?app}
\else
    \set app xfchat_app
\endif
\set owner_password ''
\set app_password ''
\getenv owner_password XFCHAT_OWNER_PASSWORD
\getenv app_password XFCHAT_APP_PASSWORD

begin;
set local client_min_messages = warning;
set local search_path = pg_catalog;
set local lock_timeout = '10s';

-- The roles, and who may give them what belongs to them.
select format('create role %I login', name) from (values (:'owner'), (:'app')) roles (name)
where not exists (select from pg_roles where rolname = name)
\gexec
select format('do $do$ begin raise exception %L; end $do$',
              :'app' || ' is a superuser, or a member of ' || :'owner' || ': it would not be for data only')
where pg_has_role(:'app', :'owner', 'member')
\gexec
select format('grant %I to %I', :'owner', current_user) where not pg_has_role(current_user, :'owner', 'usage')
\gexec

-- Passwords, in no log that can be helped.
select current_setting('is_superuser')::boolean as superuser
\gset
\if :superuser
    set local log_statement = 'none';
    set local log_min_duration_statement = -1;
    set local log_min_error_statement = 'panic';
\endif
set local password_encryption = 'scram-sha-256';
select format('alter role %I password %L', name, password)
from (values (:'owner', :'owner_password'), (:'app', :'app_password')) passwords (name, password)
where password <> ''
\gexec
\if :superuser
    reset log_statement;
    reset log_min_duration_statement;
    reset log_min_error_statement;
\endif

-- What belongs to whom.
select format('alter database %I owner to %I', datname, :'owner') from pg_database
where datname = current_database() and datdba <> :'owner'::regrole
\gexec
\if :{?previous_owner}
    select format('alter %s owner to %I', what, :'owner')
    from (
        select 1 as position, format('schema %I', nspname) as what
        from pg_namespace n
        where nspowner = quote_ident(:'previous_owner')::regrole and nspname !~ '^pg_' and nspname <> 'information_schema'
          and not exists (select from pg_depend where classid = 'pg_namespace'::regclass and objid = n.oid and deptype = 'e')
        union all
        -- A sequence of a column goes with its table.
        select 2, format('%s %I.%I', case relkind when 'v' then 'view' when 'm' then 'materialized view'
                                                   when 'S' then 'sequence' when 'f' then 'foreign table' else 'table' end,
                         nspname, relname)
        from pg_class c join pg_namespace n on n.oid = relnamespace
        where relowner = quote_ident(:'previous_owner')::regrole and relkind in ('r', 'p', 'v', 'm', 'S', 'f')
          and nspname !~ '^pg_' and nspname <> 'information_schema'
          and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and objsubid = 0
                            and (deptype = 'e' or deptype in ('a', 'i') and relkind = 'S'))
        union all
        select 3, format('routine %s', p.oid::regprocedure)
        from pg_proc p join pg_namespace n on n.oid = pronamespace
        where proowner = quote_ident(:'previous_owner')::regrole and nspname !~ '^pg_' and nspname <> 'information_schema'
          and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = p.oid and deptype = 'e')
        union all
        select 4, format('type %s', t.oid::regtype)
        from pg_type t join pg_namespace n on n.oid = typnamespace left join pg_class c on c.oid = typrelid
        where typowner = quote_ident(:'previous_owner')::regrole and nspname !~ '^pg_' and nspname <> 'information_schema'
          and (typtype in ('e', 'd', 'r') or typtype = 'c' and relkind = 'c')
          and not exists (select from pg_depend where classid = 'pg_type'::regclass and objid = t.oid and deptype = 'e')
    ) theirs
    order by position, what
    \gexec
\endif

-- Who may come in, and who may make something.
select format('revoke all on database %I from public; grant connect on database %1$I to %I', current_database(), :'app')
\gexec
grant usage, create on schema public to :"owner";
revoke create on schema public from public, :"app";
grant usage on schema public to :"app";

-- Rows; of what says which schema this is, reading is enough.
select format('revoke all on %s from %I; grant %s on %1$s to %2$I', string_agg(name, ', '), :'app', privileges)
from (
    select format('%I.%I', 'public', relname) as name,
           case when relname in ('flyway_schema_history', 'schema_compatibility') then 'select'
                else 'select, insert, update, delete' end as privileges
    from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relowner = :'owner'::regrole
) tables
group by privileges
\gexec
select format('grant usage on sequence %I.%I to %I', 'public', relname, :'app') from pg_class
where relnamespace = 'public'::regnamespace and relkind = 'S' and relowner = :'owner'::regrole
\gexec
alter default privileges for role :"owner" in schema public grant select, insert, update, delete on tables to :"app";
alter default privileges for role :"owner" in schema public grant usage on sequences to :"app";

-- Limits.
\if :{?statement_timeout}
\else
    select coalesce((select split_part(setting, '=', 2)
                     from pg_db_role_setting s, unnest(setconfig) setting
                     where setdatabase = (select oid from pg_database where datname = current_database())
                       and setrole = :'app'::regrole and setting like 'statement_timeout=%'), '30s') as statement_timeout
    \gset
\endif
select format('alter role %I in database %I set statement_timeout = %L', :'app', current_database(), :'statement_timeout')
where not exists (select from pg_db_role_setting
                  where setdatabase = (select oid from pg_database where datname = current_database())
                    and setrole = :'app'::regrole and 'statement_timeout=' || :'statement_timeout' = any (setconfig))
\gexec
\if :{?app_connections}
    select format('alter role %I connection limit %s', :'app', :'app_connections'::integer)
    where (select rolconnlimit from pg_roles where rolname = :'app') <> :'app_connections'::integer
    \gexec
\endif
commit;

-- What the owner cannot migrate.
select string_agg(distinct format('%s (%s)', relname, pg_get_userbyid(relowner)), ', ') as strange, count(*) > 0 as found
from pg_class
where relnamespace in (select oid from pg_namespace where nspname in ('public', 'legacy'))
  and relkind in ('r', 'p') and relowner <> :'owner'::regrole
\gset
\if :found
    \warn 'not owned by' :owner: :strange; '--set previous_owner=... takes over what is XFChat''s'
\endif
\echo roles :owner and :app are as they should be
