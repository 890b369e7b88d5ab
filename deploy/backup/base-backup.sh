#!/usr/bin/env bash
set -euo pipefail
. "$(dirname "$0")/connection.sh"

help() {
    cat <<'HELP'
usage: base-backup.sh FOLDER

Copies the whole server of DATABASE_URL, all its databases, into FOLDER (pg_basebackup, with the WAL that it needs) and
verifies every file of it (pg_verifybackup). The service may go on meanwhile. FOLDER appears only when it is complete and
verified; it must not exist yet. With the WAL that is archived from then on (archive-wal.sh), restore-to-time.sh goes to any
later moment.

The user of DATABASE_URL needs the attribute REPLICATION, and a line for "replication" in pg_hba.conf.

environment: DATABASE_URL (DATABASE_DIRECT_URL where there is one), PGPASSFILE, PG_BIN; see dump.sh --help
exit status: 0 done, 1 failed, 2 wrong usage
HELP
}

case ${1:-} in
    -h | --help) help; exit ;;
    -*) wrong_usage "unknown option $1" ;;
esac
[ $# -eq 1 ] || wrong_usage "name one folder"
FOLDER=${1%/}
[ ! -e "$FOLDER" ] || fail "$FOLDER exists: choose another name"
[ -d "$(dirname "$FOLDER")" ] || fail "there is no folder $(dirname "$FOLDER")"
find_database
find_server
PG_BASEBACKUP=$(tool pg_basebackup "$MAJOR")
PG_VERIFYBACKUP=$(tool pg_verifybackup "$MAJOR")

umask 077
PART=$(mktemp -d "$FOLDER.part.XXXXXX")
trap 'rm -rf "$PART"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

echo "PostgreSQL $VERSION, $(sql -c "select count(*) || ' databases, ' || pg_size_pretty(sum(pg_database_size(oid))) from pg_database where datallowconn and has_database_privilege(oid, 'connect')")"
"$PG_BASEBACKUP" --no-password --checkpoint=fast --wal-method=stream --manifest-checksums=SHA256 --pgdata "$PART" --dbname "$URL" ||
    fail "pg_basebackup failed; nothing was written"
COPIED=$SECONDS
"$PG_VERIFYBACKUP" --quiet "$PART" || fail "the backup is damaged; nothing was written"
publish "$PART" "$FOLDER"
echo "copied in ${COPIED} s, verified in $((SECONDS - COPIED)) s: $FOLDER, $(size "$FOLDER")"
case $(sql -c "select current_setting('archive_mode')") in
    off) echo "archive_mode is off: this backup can be restored, but not to a later moment" ;;
    *) echo "restore-to-time.sh goes from it to any moment after $(date -u '+%Y-%m-%d %H:%M:%SZ')" ;;
esac
