#!/usr/bin/env bash
set -euo pipefail
. "$(dirname "$0")/connection.sh"

help() {
    cat <<'HELP'
usage: dump.sh FILE

Dumps the whole database of DATABASE_URL, the schema "legacy" of an upgrade included, into FILE (pg_dump's custom format,
compressed). The service may go on meanwhile. FILE appears only when it is complete and was read back; it must not exist yet.

environment: DATABASE_URL (DATABASE_DIRECT_URL where there is one), as for the service; the password may be in ~/.pgpass
             (PGPASSFILE) instead; PG_BIN, the folder of PostgreSQL's programs, where they are not found
exit status: 0 done, 1 failed, 2 wrong usage
HELP
}

case ${1:-} in
    -h | --help) help; exit ;;
    -*) wrong_usage "unknown option $1" ;;
esac
[ $# -eq 1 ] || wrong_usage "name one file"
FILE=$1
[ ! -e "$FILE" ] || fail "$FILE exists: choose another name"
[ -d "$(dirname "$FILE")" ] || fail "there is no folder $(dirname "$FILE")"
find_database
find_server
PG_DUMP=$(tool pg_dump)
PG_RESTORE=$(tool pg_restore)

# It holds everybody's messages and password hashes.
umask 077
PART=$(mktemp "$FILE.part.XXXXXX")
trap 'rm -f "$PART"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

echo "PostgreSQL $VERSION, database $(sql -c "select current_database() || ', ' || pg_size_pretty(pg_database_size(current_database()))")"
"$PG_DUMP" --no-password --format=custom --lock-wait-timeout=60s --file "$PART" --dbname "$URL" ||
    fail "pg_dump failed; nothing was written"
DUMPED=$SECONDS

# The list alone would not notice an end that is missing.
TABLES=$("$PG_RESTORE" --list "$PART" | grep -c ' TABLE DATA ') || fail "the dump has no table; nothing was written"
"$PG_RESTORE" --file=/dev/null "$PART" || fail "the dump cannot be read back; nothing was written"
publish "$PART" "$FILE"
echo "dumped in ${DUMPED} s, read back in $((SECONDS - DUMPED)) s: $FILE, $(size "$FILE"), $TABLES tables"
