#!/bin/sh
# Checks the alerts and runs their unit tests, with promtool: deploy/monitoring/test-rules.sh [FOLDER]
# promtool wants the rules without what Kubernetes puts around them, so they are taken out of it, with two spaces less before
# each line. FOLDER (target/alerts) gets the rules and the tests beside each other.
set -eu

cd "$(dirname "$0")/../.."
folder=${1:-target/alerts}
if ! command -v promtool >/dev/null; then
    echo "test-rules.sh: promtool is not installed; it comes with Prometheus" >&2
    exit 1
fi
mkdir -p "$folder"
sed -n '/^spec:$/,$ { /^spec:$/d; s/^  //; p; }' deploy/components/monitoring/prometheus-rule.yaml >"$folder/rules.yaml"
cp deploy/monitoring/rules-test.yaml "$folder/rules-test.yaml"
promtool check rules "$folder/rules.yaml"
promtool test rules "$folder/rules-test.yaml"
