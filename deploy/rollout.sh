#!/usr/bin/env bash
set -euo pipefail

help() {
    cat <<'HELP'
usage: rollout.sh OVERLAY

Brings a cluster to what OVERLAY says, a folder such as deploy/overlays/production, in this order, and waits for each step:

  1. OVERLAY/database, where there is one: PostgreSQL; then the two roles' grants (deploy/sql/roles.sql)
  2. OVERLAY/migration: a dump, then the command migrate; the Job of the time before is deleted first
  3. OVERLAY: the service, replica by replica

A step that fails is shown, and ends it: the steps after it are not begun, and what served before goes on serving. Again at any
time: what is there already stays. The Secrets have to be there (deploy/README.md). kubectl's current context is the cluster.

environment: MIGRATION_TIMEOUT, how many seconds step 2 is waited for (3600); KUBECTL, another name of kubectl
exit status: 0 done, 1 failed, 2 wrong usage
HELP
}

PROGRAM=$(basename "$0")
HERE=$(cd "$(dirname "$0")" && pwd)
KUBECTL=${KUBECTL:-kubectl}

fail() {
    echo "$PROGRAM: $*" >&2
    exit 1
}

step() {
    echo "== $*"
}

# Runs kubectl in the overlay's namespace.
k() {
    "$KUBECTL" --namespace "$NAMESPACE" "$@"
}

case ${1:-} in
    -h | --help) help; exit ;;
esac
if [ $# -ne 1 ]; then
    echo "$PROGRAM: name one overlay; see $PROGRAM --help" >&2
    exit 2
fi
OVERLAY=${1%/}
[ -f "$OVERLAY/target/kustomization.yaml" ] || fail "$OVERLAY is no overlay: it has no target/kustomization.yaml"
NAMESPACE=$(sed -n 's/^namespace: *//p' "$OVERLAY/target/kustomization.yaml")
[ -n "$NAMESPACE" ] || fail "$OVERLAY/target/kustomization.yaml names no namespace"

# What it needs and cannot make; said before anything is changed.
[ -r "$HERE/sql/roles.sql" ] || fail "there is no $HERE/sql/roles.sql"
for SECRET in xfchat-database xfchat-database-owner xfchat-jwt; do
    k get secret "$SECRET" --output name >/dev/null || fail "there is no Secret $SECRET in $NAMESPACE; nothing was changed"
done

# The grants, as a superuser, where the database is; needed before the first migration, and once more after it.
grant() {
    local pod
    case $DATABASE in
        Cluster) pod=$(k get pod --selector cnpg.io/cluster=xfchat-db,cnpg.io/instanceRole=primary --output name) ;;
        StatefulSet) pod=pod/postgres-0 ;;
        *) return 0 ;;
    esac
    k exec --stdin "$pod" --container postgres -- psql --no-psqlrc --username postgres --dbname xfchat \
        <"$HERE/sql/roles.sql" || fail "the roles could not be granted what is theirs"
}

DATABASE=none
if [ -d "$OVERLAY/database" ]; then
    step "database"
    RENDERED=$("$KUBECTL" kustomize "$OVERLAY/database")
    "$KUBECTL" apply --filename - <<<"$RENDERED"
    if grep -q '^kind: Cluster$' <<<"$RENDERED"; then
        DATABASE=Cluster
        k wait --for=condition=Ready cluster/xfchat-db --timeout=20m || fail "the database is not ready"
    else
        DATABASE=StatefulSet
        k rollout status statefulset/postgres --timeout=10m || fail "the database is not ready"
    fi
    grant
fi

step "migration"
k delete job xfchat-migration --ignore-not-found
"$KUBECTL" apply --kustomize "$OVERLAY/migration"
# kubectl wait knows only one condition, and would not notice a failure before its timeout.
DEADLINE=$((SECONDS + ${MIGRATION_TIMEOUT:-3600}))
ENDED=
while [ -z "$ENDED" ]; do
    CONDITIONS=$(k get job xfchat-migration --output 'jsonpath={.status.conditions[?(@.status=="True")].type}') ||
        fail "the migration cannot be looked at"
    case " $CONDITIONS " in
        *" Complete "*) ENDED=complete ;;
        *" Failed "*) ENDED=failed ;;
        *)
            [ "$SECONDS" -lt "$DEADLINE" ] ||
                fail "the migration still runs: it is left alone, and the service as it was; kubectl --namespace $NAMESPACE logs --follow job/xfchat-migration"
            sleep 2
            ;;
    esac
done
k logs job/xfchat-migration --all-containers --prefix --tail=200 || true
if [ "$ENDED" = failed ]; then
    k describe pod --selector batch.kubernetes.io/job-name=xfchat-migration || true
    fail "the migration failed, the service is as it was: deploy/runbooks/migration-failed.md"
fi
grant

step "service"
"$KUBECTL" apply --kustomize "$OVERLAY"
if ! k rollout status deployment/xfchat --timeout=10m; then
    k get pods --selector app.kubernetes.io/name=xfchat,app.kubernetes.io/component=server || true
    k logs --selector app.kubernetes.io/name=xfchat,app.kubernetes.io/component=server --prefix --tail=20 || true
    fail "the new version does not become ready, the old one goes on: kubectl --namespace $NAMESPACE rollout undo deployment/xfchat, and deploy/runbooks/rollback.md"
fi
echo "done: $(k get deployment xfchat --output 'jsonpath={.spec.template.spec.containers[0].image}') serves in $NAMESPACE"
