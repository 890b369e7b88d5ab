#!/usr/bin/env bash
set -euo pipefail
. "$(dirname "$0")/connection.sh"

help() {
    cat <<'HELP'
usage: keep.sh [--unless-empty] FOLDER DAYS

Dumps the database of DATABASE_URL into FOLDER, as xfchat-TIME.dump (see dump.sh --help), and only then removes the dumps there
that are older than DAYS days: nothing old goes where nothing new was made.

  --unless-empty  a database without any table, as before the first migration, is no failure: nothing is done

environment: DATABASE_URL (DATABASE_DIRECT_URL where there is one), PGPASSFILE, PG_BIN; see dump.sh --help
exit status: 0 done, 1 failed, 2 wrong usage
HELP
}

UNLESS_EMPTY=
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help) help; exit ;;
        --unless-empty) UNLESS_EMPTY=1 ;;
        -*) wrong_usage "unknown option $1" ;;
        *) break ;;
    esac
    shift
done
[ $# -eq 2 ] || wrong_usage "name a folder and a number of days"
FOLDER=${1%/} DAYS=$2
[[ $DAYS =~ ^[1-9][0-9]{0,3}$ ]] || wrong_usage "DAYS is a number, 1 to 9999"
[ -d "$FOLDER" ] || fail "there is no folder $FOLDER"

if [ -n "$UNLESS_EMPTY" ]; then
    find_database
    find_server
    TABLES=$(sql -c "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
                     where c.relkind in ('r', 'p') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'") ||
        fail "the database cannot be looked at"
    if [ "$TABLES" = 0 ]; then
        echo "the database has no table: nothing to back up"
        exit
    fi
fi

bash "$(dirname "$0")/dump.sh" "$FOLDER/xfchat-$(date -u +%Y%m%dT%H%M%SZ).dump"
# And what a dump that was killed has left.
find "$FOLDER" -maxdepth 1 -type f \
    \( -name 'xfchat-*.dump' -mtime "+$DAYS" -o -name 'xfchat-*.dump.part.*' -mtime +1 \) -delete
echo "kept: $(find "$FOLDER" -maxdepth 1 -type f -name 'xfchat-*.dump' | wc -l | tr -d ' ') dumps, $(size "$FOLDER")"
