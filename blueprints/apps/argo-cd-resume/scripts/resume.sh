#!/bin/sh
# Starts syncs again that Argo CD has given up: one that ran into its time limit is not tried again at the same commit,
# however soon after it a GPU node, a secret or a quota arrives. What is running or has succeeded is left alone.
#
# From the environment: NAMESPACE of the Applications.
set -eu

API=${API:-https://kubernetes.default.svc}
ACCOUNT=${ACCOUNT:-/var/run/secrets/kubernetes.io/serviceaccount}
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

applications=$API/apis/argoproj.io/v1alpha1/namespaces/$NAMESPACE/applications
metadata='application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'

main() {
  status=$(ask --header "Accept: $metadata" "$applications?pretty=false")
  if [ "$status" != 200 ]; then
    log "the API server does not list the Applications (answer $status)"
    exit 1
  fi
  failures=0
  for name in $(list_names); do resume "$name" || failures=$((failures + 1)); done
  [ "$failures" -eq 0 ]
}

# One object a line, and its name first: so does the API server write metadata.
list_names() {
  tr -d ' \n' <"$answer" | tr '{' '\n' | sed -n 's/^"name":"\([a-z0-9.-]*\)".*"namespace":.*/\1/p'
}

# The API server decides: a patch whose tests do not hold changes nothing, and is answered with 422.
resume() {
  for phase in Failed Error; do
    for options in "$SYNC_OPTIONS" ''; do
      status=$(
        ask --request PATCH --header 'Content-Type: application/json-patch+json' \
          --data "$(operation "$phase" "$options")" "$applications/$1"
      )
      case $status in
        200) log "$1: its sync had ended as $phase, and starts again" && return 0 ;;
        404 | 422) ;;
        *) log "$1: the API server answers with $status" && return 1 ;;
      esac
    done
  done
}

# The root has no sync options to copy.
SYNC_OPTIONS=',{"op":"copy","from":"/spec/syncPolicy/syncOptions","path":"/operation/sync/syncOptions"}'

# What Argo CD starts by itself for a new commit; nothing for an Application that is deleted or not synced automatically.
# The old state goes, as Argo CD has it go: what it says of parts and dry runs would hold for the new one, too.
operation() {
  cat <<PATCH
[
  {"op":"test","path":"/metadata/deletionTimestamp","value":null},
  {"op":"test","path":"/spec/syncPolicy/automated/enabled","value":null},
  {"op":"test","path":"/status/operationState/phase","value":"$1"},
  {"op":"add","path":"/operation","value":{"initiatedBy":{"automated":true},"sync":{}}},
  {"op":"copy","from":"/spec/syncPolicy/automated/prune","path":"/operation/sync/prune"},
  {"op":"copy","from":"/spec/syncPolicy/retry","path":"/operation/retry"},
  {"op":"remove","path":"/status/operationState"}$2
]
PATCH
}

# ask CURL_ARGUMENT…: prints the status, 000 for no answer at all; the answer is in $answer. The token reaches curl on
# its standard input, so that no process list shows it.
ask() {
  : >"$answer"
  curl --config - --silent --show-error --noproxy '*' --connect-timeout 10 --max-time 30 --output "$answer" \
    --write-out '%{http_code}' --cacert "$ACCOUNT/ca.crt" "$@" <<CONFIG || true
header = "Authorization: Bearer $(cat "$ACCOUNT/token")"
CONFIG
}

log() { echo "resume: $*"; }

main
