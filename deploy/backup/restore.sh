#!/usr/bin/env bash
set -euo pipefail
. "$(dirname "$0")/connection.sh"

help() {
    cat <<'HELP'
usage: restore.sh [--no-owner] [--jobs N] FILE

Restores a dump that dump.sh made into the database of DATABASE_URL, which must exist and be empty; raises the log epoch and
analyzes. In one transaction: whatever goes wrong, the database is empty as before. The service must not run on it meanwhile.

  --no-owner  everything belongs to the user of DATABASE_URL, without the privileges of the dump: where its users do not exist
  --jobs N    with N connections, faster for large databases; not in one transaction: after a failure drop the database

environment: DATABASE_URL (DATABASE_DIRECT_URL where there is one), PGPASSFILE, PG_BIN; see dump.sh --help
exit status: 0 done, 1 failed, 2 wrong usage
HELP
}

HERE=$(dirname "$0")
OPTIONS=()
JOBS=1
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help) help; exit ;;
        --no-owner) OPTIONS+=(--no-owner --no-privileges) ;;
        --jobs)
            JOBS=${2:-}
            [[ $JOBS =~ ^[1-9][0-9]?$ ]] || wrong_usage "--jobs needs a number, 1 to 99"
            shift
            ;;
        -*) wrong_usage "unknown option $1" ;;
        *) break ;;
    esac
    shift
done
[ $# -eq 1 ] || wrong_usage "name one file"
FILE=$1
[ -r "$FILE" ] || fail "$FILE cannot be read"
find_database
find_server
PG_RESTORE=$(tool pg_restore)

LIST=$("$PG_RESTORE" --list "$FILE") || fail "$FILE is no dump that this pg_restore reads; nothing was touched"
echo "$FILE: $(sed -n 's/^; Archive created at /made at /p; s/^;  *Dumped from database version: /, from PostgreSQL /p' <<<"$LIST" | tr -d '\n')"
echo "into PostgreSQL $VERSION, database $(sql -c 'select current_database()')"

FOUND=$(sql <<'SQL'
select string_agg(name, ', ')
from (select name
      from (select c.oid, 'pg_class'::regclass as catalog, format('%I.%I', n.nspname, c.relname) as name, n.nspname
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
            union all
            select p.oid, 'pg_proc'::regclass, format('%I.%I()', n.nspname, p.proname), n.nspname
            from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            union all
            select oid, 'pg_namespace'::regclass, format('schema %I', nspname), nspname
            from pg_namespace where nspname <> 'public') found
      where nspname <> 'information_schema' and nspname !~ '^pg_'
        and not exists (select from pg_depend d
                        where d.classid = found.catalog and d.objid = found.oid and d.deptype = 'e')
      order by name limit 5) listed
SQL
) || fail "the database cannot be looked at; nothing was touched"
[ -z "$FOUND" ] || fail "the database is not empty ($FOUND): restore into a new one; nothing was touched"

if [ "$JOBS" -eq 1 ]; then
    # The epoch is raised in the same transaction: there is no moment at which the service could start on the old one. Whatever
    # breaks off before the last line, and be it this script, leaves no commit.
    {
        echo 'begin;' &&
            "$PG_RESTORE" --file=- ${OPTIONS[@]+"${OPTIONS[@]}"} "$FILE" &&
            cat "$HERE/raise-epoch.sql" &&
            echo 'commit;'
    } | sql --file=- | tail -n 1 || fail "nothing was restored; the database is empty as before"
else
    # Raised before there are keys and indexes, so that what looks complete has it.
    restore() {
        "$PG_RESTORE" --no-password --exit-on-error --dbname "$URL" ${OPTIONS[@]+"${OPTIONS[@]}"} "$@" "$FILE" ||
            fail "the restore failed half-way: drop the database, create it again, begin anew"
    }
    restore --section=pre-data
    restore --section=data --jobs "$JOBS"
    sql --single-transaction --file="$HERE/raise-epoch.sql" || fail "the epoch was not raised: drop the database, begin anew"
    restore --section=post-data --jobs "$JOBS"
fi
RESTORED=$SECONDS
sql -c 'set client_min_messages = error; set statement_timeout = 0' -c 'analyze' || fail "everything is restored, but analyze failed: run it again"

echo "restored in ${RESTORED} s, analyzed in $((SECONDS - RESTORED)) s: $(sql -c "select pg_size_pretty(pg_database_size(current_database()))")"
sql <<'SQL'
select format('  %I.%I  %s rows, about', n.nspname, c.relname, c.reltuples::bigint)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.reltuples > 0 and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by 1
SQL
echo "next: point DATABASE_URL of the service at it, and start; see docs/backup.md, \"After a restore\""
