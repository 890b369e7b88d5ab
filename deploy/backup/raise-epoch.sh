#!/usr/bin/env bash
set -euo pipefail
. "$(dirname "$0")/connection.sh"

help() {
    cat <<'HELP'
usage: raise-epoch.sh

Tells the database of DATABASE_URL that it went back in time: raises its log epoch, so that clients that have seen more begin
anew. To be run once after a recovery or a failover to a standby that lagged, before the service starts. restore.sh does it by
itself.

environment: DATABASE_URL (DATABASE_DIRECT_URL where there is one), PGPASSFILE, PG_BIN; see dump.sh --help
exit status: 0 done, 1 failed, 2 wrong usage
HELP
}

case ${1:-} in
    -h | --help) help; exit ;;
esac
[ $# -eq 0 ] || wrong_usage "it takes no argument"
find_database
find_server
[ "$(sql -c 'select pg_is_in_recovery()')" = f ] ||
    fail "the server is still in recovery: promote it first (select pg_wal_replay_resume() ends the pause at the target)"
sql --single-transaction -f "$(dirname "$0")/raise-epoch.sql" || fail "the epoch was not raised"
