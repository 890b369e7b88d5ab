# Sourced, not run: what the runbooks use. For bash or zsh, with kubectl and curl:
#
#   . deploy/runbooks/tools.sh xfchat        the namespace that the alert names; kubectl's current context is the cluster
#
#   k ...         kubectl in that namespace
#   logs ...      what the replicas logged; options of kubectl logs after it
#   ask PATH      what each replica answers to GET PATH on its management port: /q/health/..., /q/metrics, /q/info
#   sql ...       psql on the primary; statements from standard input or with --command
#   xf COMMAND    a command of the service (check, rollback, ...) in a pod of its own, as the database's owner
# shellcheck shell=bash

NS=${1:-xfchat}
SERVER=app.kubernetes.io/name=xfchat,app.kubernetes.io/component=server

k() {
    kubectl --namespace "$NS" "$@"
}

logs() {
    k logs --selector "$SERVER" --prefix --tail=-1 "$@"
}

ask() {
    local pod forward
    for pod in $(k get pod --selector "$SERVER" --output name | tr '\n' ' '); do
        echo "== $pod"
        k port-forward "$pod" 3999:9000 >/dev/null 2>&1 &
        forward=$!
        curl --silent --max-time 15 --retry 5 --retry-connrefused --retry-delay 1 "http://localhost:3999$1"
        echo
        kill "$forward" 2>/dev/null
        wait "$forward" 2>/dev/null
    done
}

# For a PostgreSQL that is not CloudNativePG's, after sourcing this: sql() { psql --no-psqlrc "$DATABASE_URL" "$@"; }
# with the owner's address: k get secret xfchat-database-owner --output 'jsonpath={.data.DATABASE_URL}' | base64 --decode
sql() {
    k exec --stdin "$(k get pod --selector cnpg.io/cluster=xfchat-db,cnpg.io/instanceRole=primary --output name)" \
        --container postgres -- psql --no-psqlrc --dbname xfchat "$@"
}

# The pod: xf prints it with XF_PRINT=1, and does nothing else.
xf() {
    local manifest
    manifest="apiVersion: v1
kind: Pod
metadata:
  name: xfchat-command
  labels:
    app.kubernetes.io/name: xfchat
    app.kubernetes.io/component: migration
    app.kubernetes.io/part-of: xfchat
spec:
  restartPolicy: Never
  serviceAccountName: xfchat-jobs
  automountServiceAccountToken: false
  enableServiceLinks: false
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    seccompProfile:
      type: RuntimeDefault
  containers:
    - name: command
      image: ${XF_IMAGE:-$(k get deployment xfchat --output 'jsonpath={.spec.template.spec.containers[0].image}')}
      args:
$(printf '        - "%s"\n' "$@")
      env:
        - name: DATABASE_URL
          valueFrom:
            secretKeyRef:
              name: xfchat-database-owner
              key: DATABASE_URL
        - name: JWT_SECRET
          valueFrom:
            secretKeyRef:
              name: xfchat-jwt
              key: JWT_SECRET
        - name: JWT_SECRET_PREVIOUS
          valueFrom:
            secretKeyRef:
              name: xfchat-jwt
              key: JWT_SECRET_PREVIOUS
              optional: true
      resources:
        requests:
          cpu: 100m
          memory: 128Mi
        limits:
          cpu: \"2\"
          memory: 512Mi
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop:
            - ALL
      volumeMounts:
        - name: tmp
          mountPath: /tmp
  volumes:
    - name: tmp
      emptyDir:
        sizeLimit: 64Mi"
    if [ -n "${XF_PRINT:-}" ]; then
        printf '%s\n' "$manifest"
        return
    fi
    k delete pod xfchat-command --ignore-not-found &&
        printf '%s\n' "$manifest" | k apply --filename - &&
        until [ "$(k get pod xfchat-command --output 'jsonpath={.status.phase}')" != Pending ]; do sleep 1; done &&
        k logs --follow pod/xfchat-command
    until case $(k get pod xfchat-command --output 'jsonpath={.status.phase}') in Succeeded | Failed | '') true ;; *) false ;; esac do
        sleep 1
    done
    echo "exit status: $(k get pod xfchat-command --output 'jsonpath={.status.containerStatuses[0].state.terminated.exitCode}')"
}
