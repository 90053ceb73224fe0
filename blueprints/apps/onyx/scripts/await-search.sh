#!/bin/sh
# Ends well once Onyx may start: it makes an empty index where it finds none, so it has to be decided before whether the
# index comes back from a snapshot. Fails after a few minutes, so that Argo CD takes up new commits between attempts.
#
# From the environment: NAMESPACE, DEPLOYMENT (of Onyx's API server), SEARCH_URL, SEARCH_USER, SEARCH_PASSWORD, CA_FILE,
# RESTORE_MARK. Secrets reach curl on its standard input, so that no process list shows them.
set -eu

API=${API:-https://kubernetes.default.svc}
ACCOUNT=${ACCOUNT:-/var/run/secrets/kubernetes.io/serviceaccount}
MESSAGE_FILE=${MESSAGE_FILE:-/dev/termination-log}
WAIT_SECONDS=${WAIT_SECONDS:-240}
PAUSE_SECONDS=${PAUSE_SECONDS:-10}

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

main() {
  if is_there; then
    say 'Onyx is there already: it found its index when it came'
    exit 0
  fi
  end=$(($(date +%s) + WAIT_SECONDS))
  until is_decided; do
    if [ "$(date +%s)" -ge "$end" ]; then
      say "not yet: $reason. Argo CD tries again."
      exit 1
    fi
    log "waiting: $reason"
    sleep "$PAUSE_SECONDS"
  done
  say 'it is decided whether the index comes back from a snapshot'
}

# Only a clear yes counts; whatever else the API server says, the search is asked.
is_there() {
  status=$(
    fetch --cacert "$ACCOUNT/ca.crt" "$API/apis/apps/v1/namespaces/$NAMESPACE/deployments/$DEPLOYMENT" <<CONFIG || true
header = "Authorization: Bearer $(quote "$(cat "$ACCOUNT/token")")"
CONFIG
  )
  case $status in
    200) return 0 ;;
    404) return 1 ;;
  esac
  log "the API server does not say whether Onyx is there (answer $status)"
  return 1
}

# Leaves in $reason why not.
is_decided() {
  status=$(
    fetch --cacert "$CA_FILE" "$SEARCH_URL/_cluster/settings?flat_settings=true&filter_path=persistent" <<CONFIG || true
user = "$(quote "$SEARCH_USER:$SEARCH_PASSWORD")"
CONFIG
  )
  case $status in
    200) ;;
    000) reason='OpenSearch does not answer' && return 1 ;;
    401) reason='OpenSearch does not take the password of its Secret' && return 1 ;;
    *) reason="OpenSearch answers with $status" && return 1 ;;
  esac
  reason='OpenSearch is there, but not whether its index comes back from a snapshot: see the log of job/onyx-search-snapshots'
  tr -d ' \n' <"$answer" | grep -qF "\"$RESTORE_MARK\":\"decided\""
}

# fetch CURL_ARGUMENT…: prints the status, 000 for no answer at all; the answer is in $answer.
fetch() {
  : >"$answer"
  curl --config - --silent --show-error --noproxy '*' --connect-timeout 10 --max-time 30 --output "$answer" \
    --write-out '%{http_code}' "$@"
}

# quote TEXT: for a line of curl's configuration.
quote() {
  printf '%s' "$1" | sed 's/[\\"]/\\&/g'
}

# The last word, where `kubectl describe pod` shows it too.
say() {
  log "$1"
  printf '%s\n' "$1" >"$MESSAGE_FILE" 2>/dev/null || true
}

log() { echo "await-search: $*"; }

main
