#!/usr/bin/env bash
set -euo pipefail
. "$(dirname "$0")/connection.sh"

help() {
    cat <<'HELP'
usage: restore-to-time.sh BACKUP WAL DATA TIME

Makes a data folder DATA, from which PostgreSQL recovers to TIME when it is started there, and waits: read-only, to be looked
at.

  BACKUP  a folder that base-backup.sh made, complete before TIME; verified first, and left as it is
  WAL     the folder that archive-wal.sh fills
  DATA    a new folder; its parent must exist. To be run as the user that runs PostgreSQL (DATA is that user's then)
  TIME    with its zone, as in '2026-05-04 13:59:00Z' or '2026-05-04 15:59:00+02'; or "latest" for all that was archived

Archiving is off in DATA, so that a rehearsal does not write into the archive of the live server.

environment: PG_BIN; see dump.sh --help. No server is asked.
exit status: 0 done, 1 failed, 2 wrong usage
HELP
}

case ${1:-} in
    -h | --help) help; exit ;;
    -*) wrong_usage "unknown option $1" ;;
esac
[ $# -eq 4 ] || wrong_usage "name backup, WAL, data folder and time"
BACKUP=${1%/} DATA=${3%/} TIME=$4
[ -f "$BACKUP/PG_VERSION" ] && [ -f "$BACKUP/backup_manifest" ] || fail "$BACKUP is no base backup"
[ -d "$2" ] || fail "there is no folder $2"
WAL=$(cd "$2" && pwd)
case $WAL in
    *[\'\"%\\]*) fail "the path of the WAL folder must do without quotes, percent signs and backslashes" ;;
esac
[ ! -e "$DATA" ] || fail "$DATA exists: choose another name"
[ -d "$(dirname "$DATA")" ] || fail "there is no folder $(dirname "$DATA")"
[ -z "$(find "$BACKUP/pg_tblspc" -mindepth 1 2>/dev/null)" ] || fail "the server has tablespaces: recover it by hand"
ZONED='^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)$'
[ "$TIME" = latest ] || [[ $TIME =~ $ZONED ]] || wrong_usage "TIME is 'latest' or as in '2026-05-04 13:59:00Z'"

# As DATABASE_URL's, of the backup's version.
PG_VERIFYBACKUP=$(tool pg_verifybackup "$(cat "$BACKUP/PG_VERSION")")
"$PG_VERIFYBACKUP" --quiet "$BACKUP" || fail "the backup is damaged; nothing was written"
echo "$BACKUP is verified"

umask 077
PART=$(mktemp -d "$DATA.part.XXXXXX")
trap 'rm -rf "$PART"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
cp -a "$BACKUP/." "$PART"
chmod 700 "$PART"
{
    echo
    echo "# Written by restore-to-time.sh; without effect once the recovery is over, but for archive_mode."
    echo "restore_command = 'cp \"$WAL/%f\" \"%p\"'"
    echo "recovery_target_timeline = 'latest'"
    if [ "$TIME" != latest ]; then
        # A name of a zone, and Z is one, is not known yet when PostgreSQL reads this.
        echo "recovery_target_time = '${TIME/%Z/+00}'"
        echo "recovery_target_action = 'pause'"
    fi
    echo "archive_mode = 'off'"
} >>"$PART/postgresql.auto.conf"
touch "$PART/recovery.signal"
publish "$PART" "$DATA"

echo "$DATA is ready"
[ -f "$DATA/postgresql.conf" ] || echo "note: it has no postgresql.conf (this installation keeps it elsewhere): start it with that one"
echo "next: start PostgreSQL on it, where no service can reach it"
if [ "$TIME" = latest ]; then
    echo "      it recovers all that was archived, and is writable then"
else
    echo "      look whether the moment is right:   select max(created_at) from chat_messages;"
    echo "      if so, make it writable:            select pg_wal_replay_resume();"
    echo "      if not, begin anew with another folder and another time"
fi
echo "      DATABASE_URL=... raise-epoch.sh; then the service may start; see docs/backup.md, \"After a restore\""
