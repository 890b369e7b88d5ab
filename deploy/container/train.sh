#!/usr/bin/env bash
# Makes the cache of loaded and linked classes (JEP 483, JEP 514) that the image's JVM starts from.
#
#   train.sh FOLDER    a packaged XFChat (aot-jar) and jvm.options; app.aot is written beside them
#
# Needs: java (the one that will run it), PostgreSQL's programs, curl; as root it starts PostgreSQL as user postgres.
set -euo pipefail

app=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
smoke=$here/smoke.sh
[[ -x $smoke ]] || smoke=$here/../smoke.sh
port=${TRAINING_PORT:-3999}
database_port=${TRAINING_DATABASE_PORT:-5499}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
bin=${bin:-$(dirname "$(command -v initdb)")}

data=$(mktemp -d)
as=()
if [[ $(id -u) == 0 ]]; then
    chown postgres "$data"
    as=(setpriv --reuid=postgres --regid=postgres --clear-groups env HOME="$data")
fi
service=
cleanup() {
    [[ -z $service ]] || kill "$service" 2>/dev/null || true
    "${as[@]}" "$bin/pg_ctl" -D "$data/db" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$data"
}
trap cleanup EXIT

cd "$data"
"${as[@]}" "$bin/initdb" -D "$data/db" -U training -A trust -E UTF8 --no-sync >/dev/null
"${as[@]}" "$bin/pg_ctl" -D "$data/db" -l "$data/log" -w start \
    -o "-p $database_port -k $data -c listen_addresses=127.0.0.1" >/dev/null
"${as[@]}" "$bin/createdb" -h 127.0.0.1 -p "$database_port" -U training training

env DATABASE_URL="postgresql://training:training@127.0.0.1:$database_port/training" \
    JWT_SECRET="$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')" \
    SERVER_PORT="$port" LOG_FORMAT=json \
    java @"$app/jvm.options" -XX:AOTCacheOutput="$app/app.aot" -jar "$app/quarkus-run.jar" &
service=$!

"$smoke" "http://127.0.0.1:$port"

kill -TERM "$service"
status=0
wait "$service" || status=$?
service=
# 143 is the end by SIGTERM.
if [[ $status != 0 && $status != 143 ]] || [[ ! -s $app/app.aot ]]; then
    echo "train.sh: the service ended with $status and left no cache" >&2
    exit 1
fi
echo "train.sh: $(du -h "$app/app.aot" | cut -f1) $app/app.aot"
